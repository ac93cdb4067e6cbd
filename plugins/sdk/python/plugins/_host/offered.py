"""Which methods a plugin offers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Dict, List

from contracts.base import PluginBase, left_out

from .calls import PluginMethod
from .methods import METHODS
from .protocol import ErrorCodes, PluginError


def methods_of(plugin: PluginBase, contract: str, threads: ThreadPoolExecutor) -> Dict[str, PluginMethod]:
    """What a plugin offers: methods of its contract, or for one that nobody knows all that have no ``_`` in front."""
    if contract in METHODS:
        names = [name for name in METHODS[contract] if not left_out(getattr(type(plugin), name, None))]
    else:
        names = [name for name in dir(type(plugin)) if not name.startswith("_") and not hasattr(PluginBase, name)]
    return {
        name: PluginMethod(name, plugin, contract, threads) for name in names if callable(getattr(plugin, name, None))
    }


def method_missing(name: str, known: List[str]) -> PluginError:
    return PluginError(
        ErrorCodes.METHOD_NOT_FOUND, f"There is no method “{name}”. There are: {', '.join(sorted(known))}."
    )
