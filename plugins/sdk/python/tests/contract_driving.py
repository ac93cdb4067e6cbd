"""Runs a contract plugin over real pipes, as a host would."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

SDK = Path(__file__).resolve().parent.parent
PATIENCE = 30
ENVIRONMENT = {
    **{key: value for key, value in os.environ.items() if not key.startswith("PYTHON")},
    "PYTHONPATH": str(SDK),
    "PYTHONDONTWRITEBYTECODE": "1",
}

HEAD = """
import asyncio, time
from contracts import Audio, HealthStatus, LLMContract, PluginBase, PluginStatus, STTContract, TTSContract
from plugins._host.protocol import ErrorCodes, PluginError

class Lives:
    async def initialize(self, config):
        self.config = config
        return True
    async def shutdown(self):
        print("shut down")
        return True
    def health_check(self):
        return HealthStatus(self._status, "fine")

class Voice(Lives, TTSContract):
    async def get_voices(self):
        return [{"id": "one", "name": "One"}]
    async def synthesize(self, text, voice_id=None):
        return b"\\1\\0" * len(text)
"""


class Host:
    """One process. ``messages`` are its answers, each with its attachments, as they come."""

    def __init__(self, folder: Path, cwd: Optional[Path] = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "plugins._host", "--plugin", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
            cwd=str(cwd or folder),
        )
        self.messages: "queue.Queue[Optional[Tuple[dict, List[bytes]]]]" = queue.Queue()
        self.log: List[str] = []
        self._next = 0
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._read, self._listen)]
        for thread in self._threads:
            thread.start()

    def send(self, message: Any, tail: bytes = b"") -> None:
        line = message if isinstance(message, bytes) else json.dumps(message).encode() + b"\n"
        self.process.stdin.write(line + tail)
        self.process.stdin.flush()

    def ask(self, method: str, params: Any = None, **more: Any) -> int:
        """Sends a call and returns its id."""
        self._next += 1
        self.send({"jsonrpc": "2.0", "id": self._next, "method": method, "params": params or {}, **more})
        return self._next

    def next(self) -> Tuple[dict, List[bytes]]:
        found = self.messages.get(timeout=PATIENCE)
        assert found is not None, "the process ended: " + "".join(self.log)
        return found

    def answer(self, key: Any) -> dict:
        """The answer with this id; others before it are left out."""
        while True:
            message, _ = self.next()
            if message.get("id") == key and "method" not in message:
                return message

    def call(self, method: str, params: Any = None) -> dict:
        return self.answer(self.ask(method, params))

    def begin(self, config: Optional[dict] = None, features: Tuple[str, ...] = (), **more: Any) -> dict:
        return self.call("initialize", {"revision": 1, "config": config or {}, "features": list(features), **more})

    def end(self) -> int:
        """Ends its input and returns its exit code."""
        try:
            self.process.stdin.close()
        except OSError:
            pass
        try:
            return self.process.wait(PATIENCE)
        finally:
            for thread in self._threads:
                thread.join(5)
            self.process.stdout.close()
            self.process.stderr.close()

    def _read(self) -> None:
        out = self.process.stdout
        for line in out:
            message = json.loads(line.decode("utf-8"))
            attachments = [
                out.read(int.from_bytes(out.read(4), "little")) for _ in range(message.get("attachments", 0))
            ]
            self.messages.put((message, attachments))
        self.messages.put(None)

    def _listen(self) -> None:
        for line in self.process.stderr:
            self.log.append(line.decode("utf-8", "replace"))


class PluginCase(unittest.TestCase):
    """Gives tests plugins that end with them."""

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.scratch = Path(holder.name)

    def folder(self, code: str, contract: str = "tts", name: str = "sample", head: str = HEAD, **manifest: Any) -> Path:
        """Writes a plugin of this code; ``manifest`` are further keys."""
        folder = self.scratch / name
        folder.mkdir()
        told: Dict[str, Any] = {"name": folder.name, "version": "1.0.0", "contract": contract, "entry_point": "main"}
        (folder / "manifest.json").write_text(json.dumps({**told, **manifest}), encoding="utf-8")
        (folder / "main.py").write_text(head + code, encoding="utf-8")
        return folder

    def start(self, folder: Path, cwd: Optional[Path] = None) -> Host:
        host = Host(folder, cwd)
        self.addCleanup(host.end)
        return host

    def plugin(self, code: str, contract: str = "tts", features: Tuple[str, ...] = (), **manifest: Any) -> Host:
        """A plugin that is initialized."""
        host = self.start(self.folder(code, contract, **manifest))
        answer = host.begin(features=features)
        assert "result" in answer, answer
        return host
