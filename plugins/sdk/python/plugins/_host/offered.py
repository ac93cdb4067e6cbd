"""Which methods a plugin offers."""

from __future__ import annotations

import inspect
from concurrent.futures import ThreadPoolExecutor
from typing import Dict, List

from contracts.base import PluginBase, left_out

from .calls import PluginMethod
from .methods import METHODS
from .protocol import ErrorCodes, PluginError


def methods_of(plugin: PluginBase, contract: str, threads: ThreadPoolExecutor) -> Dict[str, PluginMethod]:
    """What a plugin offers: methods of its contract, and what else it has to be called.

    For a contract that nobody knows that is all that has no ``_`` in front. A plugin of a known one has helpers, too:
    only those that are awaited or yield are for a caller.
    """
    known = METHODS.get(contract)
    if known is None:
        names = [name for name in dir(type(plugin)) if not name.startswith("_") and not hasattr(PluginBase, name)]
    else:
        names = [name for name in known if not left_out(getattr(type(plugin), name, None))]
        names += [name for name in _own(type(plugin)) if name not in known]
    return {
        name: PluginMethod(name, plugin, contract, threads) for name in names if callable(getattr(plugin, name, None))
    }


def method_missing(name: str, known: List[str]) -> PluginError:
    return PluginError(
        ErrorCodes.METHOD_NOT_FOUND, f"There is no method “{name}”. There are: {', '.join(sorted(known))}."
    )


_AWAITED = (inspect.iscoroutinefunction, inspect.isasyncgenfunction, inspect.isgeneratorfunction)


def _own(kind: type) -> List[str]:
    """Public names of the plugin's own classes that are awaited or yield, those of its first class first."""
    found = [
        name
        for own in kind.__mro__
        if not own.__module__.startswith("contracts.")
        for name in vars(own)
        if not name.startswith("_") and not hasattr(PluginBase, name)
    ]
    # Looked up in the class: a property of the object would be computed by it.
    return [name for name in dict.fromkeys(found) if any(is_one(getattr(kind, name, None)) for is_one in _AWAITED)]
