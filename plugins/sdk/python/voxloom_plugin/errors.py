"""What ends a plugin."""

from __future__ import annotations

import re
import sys

_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,63}\Z")


class PluginError(Exception):
    """A failure that whoever runs the pipeline can understand.

    ``code`` is a name of capital letters, digits and ``_``; ``message`` says in sentences what is wrong and what to
    do. Raised out of ``main``, it becomes the plugin's error frame.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class HostGone(SystemExit):
    """The host has given up: its frames ended half-way, or it no longer reads. Ends the program quietly.

    Not an ``Exception``, so that ``except Exception`` lets it pass. ``finally`` and ``with`` still clean up; what they
    write is thrown away.
    """

    def __init__(self) -> None:
        super().__init__(1)


def checked_code(code: str) -> str:
    """A misspelt code must not hide the message that it stands beside."""
    if _CODE.match(code):
        return code
    print(f"“{code}” is no code: capital letters, digits and _ are needed.", file=sys.stderr)
    return "PLUGIN_ERROR"
