"""``--install-deps``: what a plugin needs, with a line of JSON for each step."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import re
import signal
import sys
import sysconfig
from typing import Any, Dict

from .environment import InstallFailed, make_environment, python_of
from .manifest import Manifest, read_manifest
from .protocol import PluginError


def install_command(arguments: argparse.Namespace, descriptor: int) -> int:
    """Returns the exit code."""

    def tell(event: Dict[str, Any]) -> None:
        os.write(descriptor, (json.dumps(event, ensure_ascii=False) + "\n").encode("utf-8", "replace"))

    # So that what is half made goes away with us.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        manifest = read_manifest(arguments.plugin)
        if not manifest.requirements:
            tell({"event": "done", "python": sys.executable, "lock": []})
            return 0
        environment = os.path.abspath(arguments.environment or environment_of(manifest))
        lock = make_environment(manifest, environment, arguments.tool, tell)
    except (InstallFailed, PluginError, OSError) as error:
        tell({"event": "failed", "code": "DEPENDENCY_FAILED", "message": str(error)})
        return 1
    tell({"event": "done", "python": python_of(environment), "lock": lock})
    return 0


def environment_of(manifest: Manifest) -> str:
    """Where Voxloom keeps the environment for these requirements and this Python."""
    release = ".".join(str(part) for part in sys.version_info[:3])
    mark = f"{release} {sys.implementation.name} {sysconfig.get_platform()}"
    lines = manifest.shown_requirements
    wanted = "\n".join([manifest.name, mark, *lines])
    if any(_is_elsewhere(line) for line in lines):
        wanted += f"\n{_stamp(manifest.folder)}"
    return os.path.join(_home(), f"{manifest.name}-{hashlib.sha256(wanted.encode()).hexdigest()[:12]}")


_ELSEWHERE = re.compile(r"^[-./]|\bfile:|@\s*\.|^[^@:;#]*([\\/]|\.(whl|zip|tar\.\w+)$)")
_ANYWHERE = re.compile(
    r"^(-i|-f|--(extra-)?index-url|--find-links)[\s=]+https?:"
    r"|^--(pre|no-index|require-hashes|(prefer|no|only)-binary|trusted-host)\b"
)
_GENERATED = {"target", "node_modules", ".venv", "__pycache__", ".git", ".pytest_cache"}
# Beside one of these, ``build`` is what pip left when it installed the folder. Elsewhere it may be what is run.
_PACKAGE_FILES = {"pyproject.toml", "setup.py"}


def _is_elsewhere(line: str) -> bool:
    """Whether it says something only together with other files of the folder."""
    return bool(_ELSEWHERE.search(line)) and not _ANYWHERE.search(line)


def _stamp(folder: str) -> str:
    """Another one whenever a file of the folder has changed. Nothing is read."""
    digest = hashlib.sha256()
    for place, folders, names in os.walk(folder):
        is_package = not _PACKAGE_FILES.isdisjoint(names)
        generated = _GENERATED | {"build"} if is_package else _GENERATED
        folders[:] = sorted(name for name in folders if name not in generated and not name.endswith(".egg-info"))
        for name in sorted(names):
            path = os.path.join(place, name)
            try:
                facts = os.lstat(path)
            except OSError:
                # Gone meanwhile.
                continue
            said = f"{os.path.relpath(path, folder)}\0{facts.st_size} {facts.st_mtime_ns}\0"
            digest.update(said.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _home() -> str:
    named = os.environ.get("VOXLOOM_ENVIRONMENTS")
    if named:
        return named
    if platform.system() == "Windows":
        data = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~/AppData/Local")
    else:
        data = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    return os.path.join(data, "voxloom", "environments")
