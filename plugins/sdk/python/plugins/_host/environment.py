"""An environment of a plugin’s own, with its packages in it, by uv or by venv and pip."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import deque
from typing import Callable, Deque, Dict, List, Optional

from .manifest import REQUIREMENTS, Manifest, without_credentials
from .progress import PipProgress, UvProgress

Tell = Callable[[Dict[str, object]], None]

LOCK = "lock.txt"
"""What was installed. Written last: an environment without it is none."""
_BESIDE = b"""#!/bin/sh
'''exec' "$(dirname -- "$(realpath -- "$0")")/python" "$0" "$@"
' '''
"""
"""Runs a script of Python by the interpreter that lies beside it: a shell sees the second line, Python a text."""
_LAST_LINES = 20
_LONGEST = 500


class InstallFailed(Exception):
    """What could not be installed, and what the tool said last."""


def python_of(environment: str) -> str:
    """The interpreter of an environment."""
    parts = ("Scripts", "python.exe") if sys.platform == "win32" else ("bin", "python")
    return os.path.join(environment, *parts)


def is_ready(environment: str) -> bool:
    return os.path.isfile(os.path.join(environment, LOCK)) and os.path.exists(python_of(environment))


def make_environment(manifest: Manifest, environment: str, tool: Optional[str], tell: Tell) -> List[str]:
    """Makes it beside its place and moves it there when all is installed. Returns the lock. Raises InstallFailed."""
    tool = tool or ("uv" if shutil.which("uv") else "pip")
    environment = os.path.abspath(environment)
    aside = f"{environment}.{os.getpid()}.part"
    tell({"event": "begin", "tool": tool, "requirements": manifest.shown_requirements})
    os.makedirs(os.path.dirname(environment), exist_ok=True)
    try:
        lock = _Making(manifest, aside, tool, tell).run()
        _unplace(aside)
        with open(os.path.join(aside, LOCK), "w", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in lock))
        _move(aside, environment)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return lock


class _Making:
    def __init__(self, manifest: Manifest, folder: str, tool: str, tell: Tell) -> None:
        self._manifest = manifest
        self._folder = folder
        self._tool = tool
        self._tell = tell
        self._lines: Deque[str] = deque(maxlen=_LAST_LINES)

    def run(self) -> List[str]:
        python = python_of(self._folder)
        if self._tool == "uv":
            self._do(["uv", "venv", "--no-project", "--python", sys.executable, self._folder])
            install = ["uv", "pip", "install", "--python", python]
            freeze = ["uv", "pip", "freeze", "--python", python]
        else:
            self._do([sys.executable, "-I", "-m", "venv", self._folder])
            quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
            install = [python, "-I", "-m", "pip", "install", *quiet]
            freeze = [python, "-I", "-m", "pip", "freeze", "--disable-pip-version-check"]
        self._do([*install, *self._wanted()], watch=True)
        return [line for line in self._do(freeze).splitlines() if line.strip()]

    def _wanted(self) -> List[str]:
        path = os.path.join(self._manifest.folder, REQUIREMENTS)
        return ["-r", path] if os.path.isfile(path) else ["--", *self._manifest.requirements]

    def _do(self, command: List[str], watch: bool = False) -> str:
        """Runs it in the plugin's folder; paths in requirements are relative to that. Returns what it
        printed, unless it was watched: what builds packages may print without end."""
        progress = UvProgress() if self._tool == "uv" else PipProgress(len(self._manifest.requirements))
        printed: List[str] = []
        try:
            child = subprocess.Popen(
                command,
                cwd=self._manifest.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if watch else None,
                text=True,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            raise InstallFailed(f"{command[0]} can’t be started: {error}.") from error
        assert child.stdout is not None
        try:
            for line in child.stdout:
                line = without_credentials(line.rstrip())
                self._lines.append(line[:_LONGEST])
                if not watch:
                    printed.append(line)
                else:
                    self._tell({"event": "log", "text": line[:_LONGEST]})
                    step = progress.step(line)
                    if step is not None:
                        self._tell({"event": "progress", **step})
            code = child.wait()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        if code != 0:
            raise InstallFailed(self._sentence(command, code))
        return "\n".join(printed)

    def _sentence(self, command: List[str], code: int) -> str:
        said = "\n".join(line for line in self._lines if line)
        if "venv" in command and "ensurepip" in said:
            return (
                "Python’s venv is not whole on this machine. Install it (sudo apt install python3-venv), or install "
                f"uv, and try again. Python said:\n{said}"
            )
        wanted = ", ".join(self._manifest.shown_requirements)[:_LONGEST]
        return f"{self._tool} ended with {code} over {wanted}. Its last lines:\n{said}"


def _unplace(environment: str) -> None:
    """Programs in the environment name its Python in their first line, by the place where it was made."""
    folder = os.path.dirname(python_of(environment))
    named = os.fsencode(folder) + b"/"
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if os.path.islink(path) or not os.path.isfile(path):
            continue
        with open(path, "rb") as file:
            content = file.read()
        # A path too long for a first line is given to a shell, in two further ones.
        lines = 3 if content.startswith(b"#!/bin/sh\n'''exec' ") else 1
        head = content.split(b"\n", lines)
        if content[:2] == b"#!" and len(head) > lines and any(named in line for line in head[:lines]):
            with open(path, "wb") as file:
                file.write(_BESIDE + head[lines])


def _move(aside: str, place: str) -> None:
    shutil.rmtree(place, ignore_errors=True)
    os.replace(aside, place)
