"""What every contract plugin has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from typing import Any, Callable, Dict, Optional, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])


class PluginStatus(str, Enum):
    """Where a plugin stands in its life."""

    UNLOADED = "UNLOADED"
    INITIALIZING = "INITIALIZING"
    READY = "READY"
    BUSY = "BUSY"
    ERROR = "ERROR"
    SHUTTING_DOWN = "SHUTTING_DOWN"
    STOPPED = "STOPPED"


@dataclass
class HealthStatus:
    """What ``health_check`` answers. ``details`` may be any JSON; the host measures what is left out."""

    status: PluginStatus
    message: str = ""
    details: Optional[Dict[str, Any]] = None
    latency_ms: Optional[float] = None
    memory_mb: Optional[float] = None


def optional(method: Method) -> Method:
    """Marks a method of a contract that a plugin need not have: it is offered only where a plugin writes it."""
    setattr(method, "__left_out__", True)
    return method


def left_out(method: Any) -> bool:
    return getattr(method, "__left_out__", False) is True


class PluginBase(ABC):
    """Extend a contract (``contracts.tts_contract`` …); a contract that nobody knows yet extends this.

    A constructor of your own needs no arguments, and need not call this one.
    """

    __contract__: Optional[str] = None
    """Name of the contract, as in manifest.json; None for one that the SDK does not know."""

    manifest: Dict[str, Any] = {}
    """The content of manifest.json, set before ``initialize``."""

    data_folder: Optional[str] = None
    """Where the plugin may write, set before ``initialize``."""

    _status: PluginStatus = PluginStatus.UNLOADED

    @abstractmethod
    async def initialize(self, config: Dict[str, Any]) -> bool:
        """Begins, with the settings of ``config_schema``. False, or an exception: it can't."""

    @abstractmethod
    async def shutdown(self) -> bool:
        """Lets go of everything. The process ends afterwards."""

    @abstractmethod
    def health_check(self) -> HealthStatus:
        """Asked every ten seconds, while calls run, too: quick, and without side effects."""

    @optional
    def capture_state(self) -> Any:
        """What a newer version of this plugin should go on with, as JSON; bytes are allowed in it."""
        raise NotImplementedError

    @optional
    def restore_state(self, state: Any) -> None:
        """Takes what ``capture_state`` of another process gave. Called after ``initialize``."""
        raise NotImplementedError
