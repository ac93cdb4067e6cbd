"""Frames: docs/plugin-protocol.md, 2."""

from __future__ import annotations

import errno
import json
import os
import sys
import threading
from typing import Callable, Iterator

from .errors import HostGone, PluginError

CONTROL = 0x80000000
MAX_PAYLOAD = 8 * 1024 * 1024
MAX_CONTROL = 64 * 1024
MAX_HANDSHAKE = 1024 * 1024
MAX_MESSAGE = 4096
"""Characters that the host shows of an error."""
WRITE_BYTES = 256 * 1024
_READ_BYTES = 64 * 1024


class FrameReader:
    """Payload as it arrives on a descriptor. For one thread."""

    def __init__(self, descriptor: int, on_gone: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._on_gone = on_gone
        self._chunk = b""
        self._at = 0

    def handshake(self) -> bytes:
        """The content of the first frame. Raises PluginError, or HostGone when there is none."""
        length = self._header()
        if length is None:
            print("There was no handshake. This is a plugin: run it with “voxloom run”.", file=sys.stderr)
            raise HostGone
        if length > MAX_HANDSHAKE:
            raise PluginError("BAD_HANDSHAKE", f"The handshake has {length} bytes; {MAX_HANDSHAKE} are allowed.")
        return b"".join(self._content(length))

    def payload(self) -> Iterator[bytes]:
        """Slices of any length, never empty, until the input ends. Raises HostGone when it ends inside a frame."""
        while True:
            length = self._header()
            if length is None:
                return
            yield from self._content(length)

    def _header(self) -> "int | None":
        """The length of the next payload frame; None at the end of the input."""
        while True:
            header = b"".join(self._content(4, end_allowed=True))
            if not header:
                return None
            word = int.from_bytes(header, "little")
            length = word & ~CONTROL
            if length > (MAX_CONTROL if word & CONTROL else MAX_PAYLOAD):
                raise PluginError("BAD_FRAME", f"The host announced a frame of {length} bytes, which is over the limit.")
            if not word & CONTROL:
                return length
            # No host of this revision sends any; a later one may.
            for _ in self._content(length):
                pass

    def _content(self, length: int, end_allowed: bool = False) -> Iterator[bytes]:
        left = length
        while left > 0:
            if self._at == len(self._chunk):
                self._chunk, self._at = os.read(self._descriptor, _READ_BYTES), 0
                if not self._chunk:
                    if end_allowed and left == length:
                        return
                    # Before any “finally” of the plugin can write.
                    self._on_gone()
                    raise HostGone
            piece = self._chunk[self._at : self._at + left]
            self._at += len(piece)
            left -= len(piece)
            yield piece


class FrameWriter:
    """Frames to a descriptor, each written out at once. Several threads may write."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._closed = False

    def payload(self, data: "bytes | bytearray | memoryview") -> None:
        """Raises TypeError for what has no bytes, HostGone when nobody reads."""
        view = memoryview(data)
        if view.nbytes == 0:
            return
        view = view.cast("B")
        for at in range(0, len(view), WRITE_BYTES):
            piece = view[at : at + WRITE_BYTES]
            self._frame(len(piece), piece)

    def error(self, code: str, message: str, fatal: bool) -> None:
        """An error frame, or a warning. The message is cut to what the host shows."""
        if len(message) > MAX_MESSAGE:
            message = message[: MAX_MESSAGE - 1] + "…"
        error = {"type": "error", "code": code, "message": message, "fatal": fatal}
        # “replace”: a file's name may hold half a surrogate pair, which is no UTF-8.
        content = json.dumps(error, ensure_ascii=False).encode("utf-8", "replace")
        self._frame(len(content) | CONTROL, content)

    def close(self) -> None:
        """What is written from now on is thrown away."""
        self._closed = True

    def _frame(self, header: int, content: "bytes | memoryview") -> None:
        frame = memoryview(header.to_bytes(4, "little") + content)
        with self._lock:
            if self._closed:
                return
            try:
                while frame:
                    frame = frame[os.write(self._descriptor, frame) :]
            except OSError as error:
                self._closed = True
                # Windows calls a broken pipe an invalid argument.
                if error.errno not in (errno.EPIPE, errno.ECONNRESET, errno.EINVAL):
                    raise
                raise HostGone from None
