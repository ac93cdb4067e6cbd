"""The command line."""

from __future__ import annotations

import argparse
from typing import List, Optional

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def parse_arguments(given: Optional[List[str]] = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m plugins._host",
        description="Runs contract plugins that are written in Python. Without --plugin it answers plugin/load, "
        "plugin/call, plugin/unload, plugin/list and plugin/health, a line of JSON-RPC each.",
    )
    parser.add_argument("--plugin", metavar="DIR", help="run this one plugin, as Voxloom does")
    parser.add_argument("--plugins", metavar="DIR", default="plugins", help="where plugins are looked for (plugins)")
    parser.add_argument(
        "--sync-mode", action="store_true", help="answer each line before the next is read (the default)"
    )
    parser.add_argument(
        "--auto-install-deps",
        action="store_true",
        help="install what plugins need, each into an environment of its own",
    )
    parser.add_argument("--install-deps", action="store_true", help="install what --plugin needs, and end")
    parser.add_argument("--environment", metavar="DIR", help="the environment that --install-deps makes")
    parser.add_argument("--tool", choices=("uv", "pip"), help="what installs; uv where it is there")
    parser.add_argument("--log-level", metavar="LEVEL", default="INFO", type=str.upper, choices=_LEVELS)
    found = parser.parse_args(given)
    if found.install_deps and not found.plugin:
        parser.error("--install-deps needs --plugin DIR")
    return found
