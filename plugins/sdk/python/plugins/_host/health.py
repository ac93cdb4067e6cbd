"""Answers for a plugin whose method holds the event loop, so that long work is not taken for death."""

from __future__ import annotations

import threading
from typing import Any, Dict, Union

from contracts.base import PluginStatus

from .values import message_pieces
from .writer import MessageWriter

PATIENCE = 1.0
"""Seconds after which the loop is taken to be held."""

Id = Union[int, str]


class HealthWatch:
    """Sees each question after health when it comes, in the thread that reads."""

    def __init__(self, writer: MessageWriter, running: Dict[Id, str]) -> None:
        self._writer = writer
        self._running = running
        self._lock = threading.Lock()
        self._open: Dict[Id, threading.Timer] = {}

    def see(self, message: Dict[str, Any]) -> None:
        key = message.get("id")
        if message.get("method") != "health_check" or not isinstance(key, (int, str)):
            return
        timer = threading.Timer(PATIENCE, self._answer, (key,))
        timer.daemon = True
        with self._lock:
            self._open[key] = timer
        timer.start()

    def claim(self, key: Id) -> bool:
        """Whether the question is still to be answered; only the first who asks is told so."""
        with self._lock:
            if key not in self._open:
                return False
            self._open.pop(key).cancel()
        return True

    def _answer(self, key: Id) -> None:
        names = list(self._running.values())
        if not names or not self.claim(key):
            return
        said = (
            f"“{names[-1]}” holds the event loop. Put its work into a thread: await asyncio.to_thread(…). "
            "Until then nothing else is answered."
        )
        result = {"status": PluginStatus.BUSY, "message": said}
        self._writer.post(message_pieces({"jsonrpc": "2.0", "id": key, "result": result}, False))
