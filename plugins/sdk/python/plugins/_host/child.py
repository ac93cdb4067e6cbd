"""A plugin’s process, as the sync mode has it: one question at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any, Dict, List, Optional

from .limits import REVISION
from .manifest import Manifest
from .protocol import ErrorCodes, PluginError

_SDK = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PATIENCE = 2.0
"""Seconds that a process may take to end."""


class PluginProcess:
    def __init__(self, manifest: Manifest, python: str, log_level: str) -> None:
        self.manifest = manifest
        path = [_SDK, *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [python, "-m", "plugins._host", "--plugin", manifest.folder, "--log-level", log_level],
            cwd=manifest.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        self._last = 0

    def initialize(self, config: Dict[str, Any]) -> Dict[str, Any]:
        """What the plugin said of itself. Raises PluginError."""
        manifest = self.manifest
        said = self.ask(
            "initialize",
            {
                "revision": REVISION,
                "host": {"name": "voxloom-python", "version": "0.1.0"},
                "name": manifest.name,
                "contract": manifest.contract,
                "config": manifest.settings(config),
                "features": [],
            },
        )
        if not isinstance(said, dict):
            raise PluginError(ErrorCodes.INTERNAL, f"“{manifest.name}” could not begin: initialize returned False.")
        return said

    def ask(self, method: str, params: Dict[str, Any], items: Optional[List[Any]] = None) -> Any:
        """The result of one call; with ``items`` a stream’s go there. Raises PluginError."""
        self._last += 1
        token = f"s{self._last}"
        asked = params if items is None else {**params, "partialResultToken": token}
        self._write({"jsonrpc": "2.0", "id": self._last, "method": method, "params": asked})
        while True:
            answer = self._read()
            if answer.get("method") == "$/progress" and items is not None:
                items.append(answer["params"]["value"])
            elif answer.get("id") == self._last and "method" not in answer:
                error = answer.get("error")
                if error is not None:
                    raise PluginError(error["code"], error["message"], error.get("data"))
                return answer.get("result")

    def end(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:
                pass
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _write(self, message: Dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message).encode("ascii") + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise self._gone() from None

    def _read(self) -> Dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise self._gone()
        answer = json.loads(line)
        return answer if isinstance(answer, dict) else {}

    def _gone(self) -> PluginError:
        code = self._process.wait()
        how = f"was ended by signal {-code}" if code < 0 else f"ended with {code}"
        print(f"{self.manifest.name}: its process {how}.", file=sys.stderr)
        return PluginError(
            ErrorCodes.INTERNAL,
            f"The process of “{self.manifest.name}” {how}. What it wrote last says why; load it again.",
        )
