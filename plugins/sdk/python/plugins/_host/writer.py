"""Messages on their way out. A host that reads slowly holds up neither the event loop nor the answers to its questions
that fit between."""

from __future__ import annotations

import asyncio
import os
import select
import threading
from collections import deque
from typing import Any, Callable, Deque, List, Optional, Tuple

Pieces = List[Any]


class MessageWriter:
    """Writes each message whole, in the order in which they were given."""

    def __init__(self, descriptor: int, on_gone: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._on_gone = on_gone
        self._change = threading.Condition()
        self._waiting: Deque[Tuple[Pieces, Optional[Callable[[], object]]]] = deque()
        self._busy = False
        self._closed = False
        self._thread: Optional[threading.Thread] = None
        self._poll: Any = None
        if hasattr(select, "poll") and hasattr(select, "PIPE_BUF"):
            self._poll = select.poll()
            self._poll.register(descriptor, select.POLLOUT)

    async def send(self, pieces: Pieces) -> None:
        """Returns when it is written. From the event loop alone."""
        if self._at_once(pieces):
            return
        loop = asyncio.get_running_loop()
        written = loop.create_future()

        def settle() -> None:
            if not written.done():
                written.set_result(None)

        self.post(pieces, lambda: loop.call_soon_threadsafe(settle))
        await written

    def post(self, pieces: Pieces, then: Optional[Callable[[], object]] = None) -> None:
        """Leaves it to be written, from any thread."""
        with self._change:
            self._waiting.append((pieces, then))
            if self._thread is None:
                self._thread = threading.Thread(target=self._write_on, name="voxloom-writer", daemon=True)
                self._thread.start()
            self._change.notify_all()

    def flush(self, patience: float) -> None:
        """Waits until all is written, ``patience`` seconds at most."""
        with self._change:
            self._change.wait_for(lambda: self._closed or not (self._waiting or self._busy), patience)

    def _at_once(self, pieces: Pieces) -> bool:
        """What is small and finds room needs no other thread: most answers."""
        if self._poll is None or sum(len(piece) for piece in pieces) > select.PIPE_BUF:
            return False
        with self._change:
            if self._busy or self._waiting or not self._poll.poll(0):
                return False
            return self._write(pieces)

    def _write_on(self) -> None:
        while True:
            with self._change:
                self._busy = False
                self._change.notify_all()
                self._change.wait_for(lambda: bool(self._waiting))
                pieces, then = self._waiting.popleft()
                self._busy = True
            self._write(pieces)
            if then is not None:
                try:
                    then()
                except RuntimeError:
                    # The loop has ended.
                    return

    def _write(self, pieces: Pieces) -> bool:
        if self._closed:
            return True
        try:
            for piece in pieces:
                rest = memoryview(piece)
                while rest:
                    rest = rest[os.write(self._descriptor, rest) :]
        except OSError:
            # Nobody reads any more.
            self._closed = True
            self._on_gone()
        return True
