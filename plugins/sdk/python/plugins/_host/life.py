"""A plugin from ``initialize`` to ``shutdown``."""

from __future__ import annotations

import dataclasses
import inspect
import traceback
from typing import Any, Dict, List, Optional

from contracts.base import HealthStatus, PluginBase, PluginStatus, left_out

from .limits import REVISION
from .loading import load_plugin
from .manifest import Manifest
from .protocol import ErrorCodes, PluginError

ATTACHMENTS = "attachments"
STATE = "state"


class Life:
    """Holds the plugin, and tells where it stands."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.attaches = False
        self._features: List[Any] = []
        self._plugin: Optional[PluginBase] = None
        self._ready = False
        self._ended = False

    @property
    def plugin(self) -> PluginBase:
        """Raises PluginError before ``initialize`` and after ``shutdown``."""
        if self._plugin is None or not self._ready:
            raise PluginError(ErrorCodes.NOT_INITIALIZED, f"“{self.manifest.name}” is not initialized yet.")
        if self._ended:
            raise PluginError(ErrorCodes.NOT_INITIALIZED, f"“{self.manifest.name}” has been shut down.")
        return self._plugin

    @property
    def keeps_state(self) -> bool:
        kind = type(self.plugin)
        return not (left_out(kind.capture_state) or left_out(kind.restore_state))

    async def initialize(self, params: Dict[str, Any]) -> bool:
        """Whether the plugin can begin. Raises PluginError, or what the plugin raised."""
        if self._plugin is not None:
            raise PluginError(ErrorCodes.INVALID_REQUEST, f"“{self.manifest.name}” was initialized already.")
        contract = params.get("contract", self.manifest.contract)
        if contract != self.manifest.contract:
            raise PluginError(
                ErrorCodes.INVALID_PARAMS,
                f"The host asks for the contract “{contract}”, and manifest.json says “{self.manifest.contract}”.",
            )
        config = params.get("config")
        if not isinstance(config, dict):
            raise PluginError(ErrorCodes.INVALID_PARAMS, "“config” must be an object.")
        plugin = load_plugin(self.manifest)
        self._plugin = plugin
        folder = params.get("data_folder")
        plugin.data_folder = folder if isinstance(folder, str) else None
        plugin._status = PluginStatus.INITIALIZING
        try:
            begun = await _awaited(plugin.initialize(config)) is not False
        except BaseException:
            self._plugin = None
            raise
        if not begun:
            self._plugin = None
            return False
        if plugin._status in (PluginStatus.UNLOADED, PluginStatus.INITIALIZING):
            plugin._status = PluginStatus.READY
        features = params.get("features")
        self._features = features if isinstance(features, list) else []
        self.attaches = ATTACHMENTS in self._features
        self._ready = True
        return True

    def introduce(self, methods: Any) -> Dict[str, Any]:
        """The answer to ``initialize``."""
        features = [ATTACHMENTS] if self.attaches else []
        if self.keeps_state and STATE in self._features:
            features.append(STATE)
        return {"revision": REVISION, "features": features, "status": self.plugin._status, "methods": methods}

    async def shutdown(self) -> bool:
        plugin = self.plugin
        self._ended = True
        plugin._status = PluginStatus.SHUTTING_DOWN
        answer = await _awaited(plugin.shutdown())
        plugin._status = PluginStatus.STOPPED
        return answer is not False

    async def end(self) -> None:
        """As ``shutdown``, for a host that is gone: whatever goes wrong is log."""
        if not self._ready or self._ended:
            return
        try:
            await self.shutdown()
        except Exception:
            traceback.print_exc()

    async def health(self) -> Dict[str, Any]:
        plugin = self.plugin
        try:
            return _told(await _awaited(plugin.health_check()))
        except Exception as error:
            traceback.print_exc()
            return {
                "status": PluginStatus.ERROR,
                "message": f"health_check failed with {type(error).__name__}: {error}",
            }

    async def capture(self) -> Any:
        self._need_state()
        return await _awaited(self.plugin.capture_state())

    async def restore(self, state: Any) -> None:
        self._need_state()
        await _awaited(self.plugin.restore_state(state))

    def _need_state(self) -> None:
        if not self.keeps_state:
            raise PluginError(
                ErrorCodes.METHOD_NOT_FOUND,
                f"“{self.manifest.name}” keeps no state: it has no capture_state and restore_state.",
            )


async def _awaited(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


def _told(health: Any) -> Dict[str, Any]:
    if isinstance(health, HealthStatus):
        health = {field.name: getattr(health, field.name) for field in dataclasses.fields(health)}
    if not isinstance(health, dict):
        return {"status": PluginStatus.ERROR, "message": f"health_check returned a {type(health).__name__}."}
    told = {key: value for key, value in health.items() if value is not None}
    status = told.get("status")
    told["status"] = getattr(status, "value", status)
    return told
