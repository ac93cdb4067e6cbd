"""The sync mode: a line of JSON-RPC in, a line out, for scripts and for trying a plugin by hand."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Tuple

from .reader import HostLost, read_messages
from .sync_methods import SyncMode


def sync_mode(arguments: argparse.Namespace, descriptors: Tuple[int, int]) -> int:
    """Answers until the input ends. Returns the exit code."""
    mode = SyncMode(arguments.plugins, arguments.auto_install_deps, arguments.log_level)
    if os.isatty(descriptors[0]):
        print("Reads lines of JSON-RPC, such as", file=sys.stderr)
        print('{"jsonrpc":"2.0","id":1,"method":"plugin/list"}', file=sys.stderr)
    code = 0
    try:
        if arguments.auto_install_deps:
            code = mode.install_all()
        for message in read_messages(descriptors[0]):
            answer = mode.answer(message)
            if answer is not None:
                line = json.dumps({"jsonrpc": "2.0", **answer}, ensure_ascii=False) + "\n"
                _write(descriptors[1], line.encode("utf-8", "backslashreplace"))
    except (HostLost, BrokenPipeError, KeyboardInterrupt):
        code = 1
    finally:
        mode.end()
    return code


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
