"""The plugin's side of one run."""

from __future__ import annotations

import codecs
from typing import Any, Dict, Iterator, List, Union

from .errors import PluginError, checked_code
from .frames import FrameReader, FrameWriter
from .handshake import Handshake
from .media_type import MediaType

MAX_LINE = 1024 * 1024
"""Characters of a line, unless ``lines`` is told otherwise."""


class Plugin:
    """What ``main`` is given. The input can be read once, in one of the four ways, by one thread."""

    def __init__(self, reader: FrameReader, writer: FrameWriter, handshake: Handshake) -> None:
        self._reader = reader
        self._writer = writer
        self.handshake = handshake

    @property
    def config(self) -> Dict[str, Any]:
        """The options: those that were set, and the defaults."""
        return self.handshake.config

    @property
    def input_type(self) -> MediaType:
        return self.handshake.input_type

    @property
    def output_type(self) -> MediaType:
        return self.handshake.output_type

    def payload(self, align: int = 1) -> Iterator[bytes]:
        """The input in slices of any length, each a multiple of ``align`` bytes.

        For audio ``align`` is ``plugin.input_type.frame_bytes``. Raises PluginError BAD_INPUT when the input ends
        with a part of a unit.
        """
        if align == 1:
            yield from self._reader.payload()
            return
        rest = b""
        for piece in self._reader.payload():
            rest += piece
            whole = len(rest) - len(rest) % align
            if whole:
                yield rest[:whole]
                rest = rest[whole:]
        if rest:
            raise PluginError("BAD_INPUT", f"The input ends with {len(rest)} bytes of a unit of {align}: it was cut off.")

    def text(self) -> Iterator[str]:
        """The input as text, in slices of any length. Raises PluginError BAD_INPUT at what is not UTF-8."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        offset = 0
        line = 1
        for piece in self._reader.payload():
            kept = len(decoder.getstate()[0])
            try:
                text = decoder.decode(piece)
            except UnicodeDecodeError as error:
                good = error.object[: error.start]
                raise _not_utf8(offset - kept + error.start, line + good.count(b"\n")) from error
            offset += len(piece)
            line += text.count("\n")
            if text:
                yield text
        kept = len(decoder.getstate()[0])
        if kept:
            raise _not_utf8(offset - kept, line)

    def lines(self, keep_ends: bool = False, max_line: int = MAX_LINE) -> Iterator[str]:
        """The input line by line, as soon as each is whole; the last needs no end.

        A line ends with ``\\n`` or ``\\r\\n``. Raises PluginError: as ``text``, and LINE_TOO_LONG past ``max_line``
        characters.
        """
        begun: List[str] = []
        length = 0
        number = 1
        for text in self.text():
            *whole, rest = text.split("\n")
            for line in whole:
                if length + len(line) > max_line:
                    raise _too_long(number, max_line)
                line = "".join(begun) + line
                begun, length = [], 0
                number += 1
                yield line + "\n" if keep_ends else line[:-1] if line.endswith("\r") else line
            if rest:
                begun.append(rest)
                length += len(rest)
                if length > max_line:
                    raise _too_long(number, max_line)
        if begun:
            yield "".join(begun)

    def read_all(self) -> bytes:
        """All of the input. For batch mode, where the host limits it."""
        return b"".join(self._reader.payload())

    def write(self, data: Union[bytes, bytearray, memoryview]) -> None:
        """Bytes of the output; anything with a buffer of them, such as an array, will do. Sent at once."""
        self._writer.payload(data)

    def write_text(self, text: str) -> None:
        """Text of the output. Raises PluginError BAD_OUTPUT for half a surrogate pair, which is no UTF-8."""
        try:
            data = text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise PluginError("BAD_OUTPUT", "The plugin made text that can’t be written as UTF-8.") from error
        self._writer.payload(data)

    def warn(self, code: str, message: str) -> None:
        """Tells whoever runs the pipeline; the stream goes on. The host shows 100 of them."""
        self._writer.error(checked_code(code), message, fatal=False)


def _not_utf8(offset: int, line: int) -> PluginError:
    return PluginError(
        "BAD_INPUT",
        f"The text is not valid UTF-8 at byte {offset} (counted from 0), in line {line}. "
        "Save it as UTF-8 and try again.",
    )


def _too_long(number: int, limit: int) -> PluginError:
    return PluginError("LINE_TOO_LONG", f"Line {number} has more than {limit} characters. Split it and try again.")
