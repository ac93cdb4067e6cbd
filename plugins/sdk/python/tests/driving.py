"""Runs a plugin over real pipes, as a host would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, List, Optional

SDK = Path(__file__).resolve().parent.parent
CONTROL = 0x80000000
# As a host passes it: no PYTHONUNBUFFERED, for one.
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}


def frame(content: bytes, bit: int = 0) -> bytes:
    return (len(content) | bit).to_bytes(4, "little") + content


def handshake(config: Optional[dict] = None, input_type: str = "text/plain", **more: Any) -> bytes:
    asked = {"protocol": "0.1", "input_type": input_type, "output_type": input_type, "config": config or {}, **more}
    return frame(json.dumps(asked).encode())


@dataclass
class Outcome:
    code: int
    payload: bytes
    controls: List[dict]
    stderr: str
    frames: List[int]
    """Lengths of the payload frames."""

    @property
    def error(self) -> dict:
        assert len(self.controls) == 1, self.controls
        return self.controls[0]


def take_apart(stream: bytes) -> "tuple[bytes, List[dict], List[int]]":
    payload, controls, lengths, at = [], [], [], 0
    while at < len(stream):
        word = int.from_bytes(stream[at : at + 4], "little")
        length = word & ~CONTROL
        content = stream[at + 4 : at + 4 + length]
        assert len(content) == length, f"a broken frame at byte {at}: {stream[at : at + 40]!r}"
        at += 4 + length
        if word & CONTROL:
            controls.append(json.loads(content))
        else:
            payload.append(content)
            lengths.append(length)
    return b"".join(payload), controls, lengths


def drive(source: str, chunks: List[bytes], pause: float = 0, close: bool = True) -> Outcome:
    """Runs the program ``source``, writing ``chunks`` with ``pause`` seconds between. 30 s at most."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "main.py"
        program.write_text(f"import sys\nsys.path.insert(0, {str(SDK)!r})\n{source}", encoding="utf-8")
        child = subprocess.Popen(
            [sys.executable, "-B", str(program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=ENVIRONMENT,
        )

        def feed() -> None:
            try:
                for chunk in chunks:
                    rest = memoryview(chunk)
                    while rest:
                        rest = rest[child.stdin.write(rest) :]
                    if pause:
                        time.sleep(pause)
                if close:
                    child.stdin.close()
            except OSError:
                pass

        said: List[bytes] = []
        threads = [
            threading.Thread(target=feed, daemon=True),
            threading.Thread(target=lambda: said.append(child.stderr.read()), daemon=True),
        ]
        for thread in threads:
            thread.start()
        timer = threading.Timer(30, child.kill)
        timer.start()
        try:
            out = child.stdout.read()
            code = child.wait()
        finally:
            timer.cancel()
        for thread in threads:
            thread.join(5)
        for pipe in (child.stdin, child.stdout, child.stderr):
            try:
                pipe.close()
            except OSError:
                pass
    payload, controls, lengths = take_apart(out)
    return Outcome(code, payload, controls, b"".join(said).decode("utf-8", "replace"), lengths)


def each_byte(stream: bytes) -> List[bytes]:
    return [stream[at : at + 1] for at in range(len(stream))]
