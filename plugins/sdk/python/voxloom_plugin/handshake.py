"""The first frame: what is asked of the plugin."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict

from .errors import PluginError
from .media_type import MediaType

PROTOCOL = "0.1"


@dataclass(frozen=True)
class Handshake:
    """``config`` has every option that was set or has a default. Keys of later revisions are ignored."""

    protocol: str
    input_type: MediaType
    output_type: MediaType
    config: Dict[str, Any]

    @classmethod
    def parse(cls, content: bytes) -> "Handshake":
        """Raises PluginError: BAD_HANDSHAKE, or UNSUPPORTED_PROTOCOL for another revision."""
        try:
            data = json.loads(content.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise _bad("is not JSON in UTF-8") from error
        if not isinstance(data, dict):
            raise _bad("is not a JSON object")
        protocol = data.get("protocol")
        if isinstance(protocol, str) and protocol != PROTOCOL:
            raise PluginError(
                "UNSUPPORTED_PROTOCOL",
                f"The host speaks revision {protocol[:16]} of the plugin protocol, and this plugin speaks {PROTOCOL}. "
                f"Set protocol_version = \"{PROTOCOL}\" in its plugin.toml.",
            )
        for key, kind in (("protocol", str), ("input_type", str), ("output_type", str), ("config", dict)):
            if not isinstance(data.get(key), kind):
                raise _bad(f"has no “{key}”, or one of the wrong kind")
        try:
            types = [MediaType.parse(data[key]) for key in ("input_type", "output_type")]
        except ValueError as error:
            raise _bad(f"has a type that can’t be read: {error}") from error
        return cls(data["protocol"], types[0], types[1], data["config"])


def _bad(why: str) -> PluginError:
    return PluginError("BAD_HANDSHAKE", f"The handshake {why.rstrip('.')}. The host and this plugin don’t fit.")
