"""From the names in a message to the arguments of a method."""

from __future__ import annotations

import inspect
from typing import Any, Callable, Dict, List, Optional, Set, Tuple

from contracts.prompt import prompt_of

from .methods import Param
from .protocol import ErrorCodes, PluginError

_KINDS = {
    "str": (str, "a text"),
    "int": (int, "a whole number"),
    "float": ((int, float), "a number"),
    "list": (list, "a list"),
    "dict": (dict, "an object"),
    "bytes": (bytes, "sound"),
}
_ALSO = {"voice_id": ("voice",), "language": ("lang", "language_code"), "stop_sequences": ("stop",)}
"""Names that plugins use for what may be left out. What must be there is known by its place."""
_PLACED = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Binding:
    """How one method of a plugin is called."""

    def __init__(self, name: str, method: Callable[..., Any], spec: Optional[Tuple[Param, ...]]) -> None:
        self._name = name
        self._spec = spec
        parameters = list(inspect.signature(method).parameters.values())
        self._any = any(parameter.kind == inspect.Parameter.VAR_KEYWORD for parameter in parameters)
        named = [p for p in parameters if p.kind in _PLACED or p.kind == inspect.Parameter.KEYWORD_ONLY]
        self._takes: Set[str] = {parameter.name for parameter in named}
        self._needs = [parameter.name for parameter in named if parameter.default is inspect.Parameter.empty]
        self._only_placed = [p.name for p in named if p.kind == inspect.Parameter.POSITIONAL_ONLY]
        self._renamed = _renamed(named, spec or ())

    @property
    def params(self) -> List[str]:
        """Names as a message has them."""
        theirs = {ours: name for name, ours in self._renamed.items()}
        return [theirs.get(name, name) for name in self._in_order()]

    def takes(self, name: str) -> bool:
        """Whether a parameter of a message reaches the method."""
        return self._any or self._renamed.get(name, name) in self._takes

    def bind(self, params: Dict[str, Any]) -> Tuple[List[Any], Dict[str, Any]]:
        """Arguments, by place and by name. What the method does not take is left out. Raises PluginError."""
        self._check(params)
        given: Dict[str, Any] = {}
        for name, value in params.items():
            if self.takes(name):
                given[self._renamed.get(name, name)] = value
        if "prompt" in self._takes and not given.keys() & {"prompt", "messages"} and "messages" in params:
            given["prompt"] = prompt_of(params["messages"])
        if "messages" in self._needs and "messages" not in given and "prompt" in params:
            given["messages"] = [{"role": "user", "content": params["prompt"]}]
        for name in self._needs:
            if name not in given:
                raise _missing(self._name, name)
        placed = [given.pop(name) for name in self._only_placed if name in given]
        return placed, given

    def _in_order(self) -> List[str]:
        if self._spec is None:
            return sorted(self._takes, key=lambda name: (name not in self._needs, name))
        names = [self._renamed.get(param.name, param.name) for param in self._spec]
        return [name for name in names if name in self._takes or self._any]

    def _check(self, params: Dict[str, Any]) -> None:
        for param in self._spec or ():
            value = params.get(param.name)
            if value is None:
                # null is as good as absent, as None is in Python.
                params.pop(param.name, None)
                if param.required:
                    raise _missing(self._name, param.name)
                continue
            kind, words = _KINDS[param.kind]
            if not isinstance(value, kind) or isinstance(value, bool):  # type: ignore[arg-type]
                raise PluginError(ErrorCodes.INVALID_PARAMS, f"“{param.name}” of “{self._name}” must be {words}.")
            if param.name == "messages" and not all(isinstance(message, dict) for message in value):
                raise PluginError(ErrorCodes.INVALID_PARAMS, "Each of “messages” must be an object.")


def _renamed(named: List[inspect.Parameter], spec: Tuple[Param, ...]) -> Dict[str, str]:
    """Names of a message that the plugin calls otherwise."""
    known = {param.name for param in spec}
    theirs = {parameter.name for parameter in named}
    found: Dict[str, str] = {}
    open_places = [p.name for p in named if p.name not in known and p.default is inspect.Parameter.empty]
    for param in spec:
        if param.name in theirs:
            continue
        if param.required and open_places:
            found[param.name] = open_places.pop(0)
        for also in _ALSO.get(param.name, ()):
            if also in theirs:
                found[param.name] = also
    return found


def _missing(method: str, name: str) -> PluginError:
    return PluginError(ErrorCodes.INVALID_PARAMS, f"“{method}” needs “{name}”, which was not given.")
