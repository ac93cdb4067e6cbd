"""What lines of the sync mode may ask for."""

from __future__ import annotations

import os
import sys
from typing import Any, Callable, Dict, List

from .child import PluginProcess
from .environment import InstallFailed, is_ready, make_environment, python_of
from .failures import error_object
from .install import environment_of
from .manifest import Manifest, read_manifest
from .protocol import ErrorCodes, PluginError

_OTHERS = (".ts", ".mts", ".js", ".mjs", ".cjs")


class SyncMode:
    """Plugins by name, each in a process of its own."""

    def __init__(self, folder: str, auto_install: bool, log_level: str) -> None:
        self._folder = os.path.abspath(folder)
        self._auto_install = auto_install
        self._log_level = log_level
        self._loaded: Dict[str, PluginProcess] = {}
        self._methods: Dict[str, Callable[[Dict[str, Any]], Any]] = {
            "plugin/list": self._list,
            "plugin/load": self._load,
            "plugin/call": self._call,
            "plugin/health": self._health,
            "plugin/unload": self._unload,
        }

    def answer(self, message: Any) -> "Dict[str, Any] | None":
        """The answer to one line; None where none is wanted."""
        if isinstance(message, PluginError):
            return {"id": None, "error": error_object(message)}
        content = message[0]
        key = content.get("id")
        try:
            method = self._methods.get(content.get("method"))
            if method is None:
                known = ", ".join(self._methods)
                raise PluginError(
                    ErrorCodes.METHOD_NOT_FOUND, f"There is no method “{content.get('method')}”. There are: {known}."
                )
            params = content.get("params", {})
            if not isinstance(params, dict):
                raise PluginError(ErrorCodes.INVALID_PARAMS, "“params” must be an object.")
            found: Dict[str, Any] = {"result": method(params)}
        except PluginError as error:
            found = {"error": error_object(error)}
        return {"id": key, **found} if "id" in content else None

    def install_all(self) -> int:
        """What all plugins of the folder need. Returns the exit code."""
        code = 0
        for name in self._names():
            try:
                self._install(read_manifest(os.path.join(self._folder, name)))
            except PluginError as error:
                print(error.message, file=sys.stderr)
                code = 1
        return code

    def end(self) -> None:
        for process in self._loaded.values():
            process.end()

    def _names(self) -> List[str]:
        try:
            entries = sorted(os.listdir(self._folder))
        except OSError:
            return []
        return [name for name in entries if os.path.isfile(os.path.join(self._folder, name, "manifest.json"))]

    def _manifest(self, name: str) -> Manifest:
        if name not in self._names():
            known = ", ".join(self._names()) or "none"
            raise PluginError(
                ErrorCodes.INVALID_PARAMS, f"There is no plugin “{name}” in {self._folder}. There are: {known}."
            )
        manifest = read_manifest(os.path.join(self._folder, name))
        if "interpreter" in manifest.content or manifest.entry_point.endswith(_OTHERS):
            raise PluginError(
                ErrorCodes.INVALID_PARAMS,
                f"“{name}” is no plugin in Python. Call it with: voxloom contracts call {name}",
            )
        return manifest

    def _install(self, manifest: Manifest) -> None:
        environment = environment_of(manifest)
        if not manifest.requirements or is_ready(environment):
            return
        try:
            make_environment(manifest, environment, None, _on_terminal)
        except (InstallFailed, OSError) as error:
            raise PluginError(
                ErrorCodes.INTERNAL, f"The packages of “{manifest.name}” could not be installed: {error}"
            ) from error

    def _list(self, _: Dict[str, Any]) -> Any:
        found = []
        for name in self._names():
            try:
                contract = read_manifest(os.path.join(self._folder, name)).contract
                process = self._loaded.get(name)
                status = process.ask("health_check", {})["status"] if process else "UNLOADED"
                found.append({"name": name, "contract": contract, "status": status})
            except PluginError as error:
                found.append({"name": name, "problem": error.message})
        return found

    def _load(self, params: Dict[str, Any]) -> Any:
        manifest = self._manifest(_text(params, "name"))
        config = params.get("config", {})
        if not isinstance(config, dict):
            raise PluginError(ErrorCodes.INVALID_PARAMS, "“config” must be an object.")
        if self._auto_install:
            self._install(manifest)
        environment = environment_of(manifest)
        python = python_of(environment) if manifest.requirements and is_ready(environment) else sys.executable
        self._drop(manifest.name)
        try:
            process = PluginProcess(manifest, python, self._log_level)
        except OSError as error:
            raise PluginError(ErrorCodes.INTERNAL, f"“{manifest.name}” can’t be started: {error}.") from error
        try:
            said = process.initialize(config)
        except PluginError:
            process.end()
            raise
        self._loaded[manifest.name] = process
        methods = [method["name"] for method in said["methods"]]
        return {"name": manifest.name, "contract": manifest.contract, "status": said["status"], "methods": methods}

    def _call(self, params: Dict[str, Any]) -> Any:
        process = self._process(_text(params, "plugin", "name"))
        given = params.get("args", {})
        if not isinstance(given, dict):
            raise PluginError(ErrorCodes.INVALID_PARAMS, "“args” must be an object of parameters by name.")
        items: "List[Any] | None" = [] if params.get("stream") is True else None
        result = process.ask(_text(params, "method"), given, items)
        return [*items, *([] if result is None else [result])] if items is not None else result

    def _health(self, params: Dict[str, Any]) -> Any:
        return self._process(_text(params, "plugin", "name")).ask("health_check", {})

    def _unload(self, params: Dict[str, Any]) -> Any:
        name = _text(params, "name", "plugin")
        process = self._process(name)
        try:
            process.ask("shutdown", {})
        finally:
            self._drop(name)
        return True

    def _process(self, name: str) -> PluginProcess:
        process = self._loaded.get(name)
        if process is None:
            raise PluginError(
                ErrorCodes.NOT_INITIALIZED,
                f"“{name}” is not loaded. Send first: "
                f'{{"jsonrpc":"2.0","id":1,"method":"plugin/load","params":{{"name":"{name}"}}}}',
            )
        return process

    def _drop(self, name: str) -> None:
        process = self._loaded.pop(name, None)
        if process is not None:
            process.end()


def _text(params: Dict[str, Any], *names: str) -> str:
    found = next((params[name] for name in names if isinstance(params.get(name), str)), None)
    if found is None:
        raise PluginError(ErrorCodes.INVALID_PARAMS, f"“{names[0]}” must be a text.")
    return found


def _on_terminal(event: Dict[str, Any]) -> None:
    if event["event"] == "log":
        print(event["text"], file=sys.stderr)
