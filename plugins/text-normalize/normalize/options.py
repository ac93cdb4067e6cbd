"""What the manifest's options ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping


@dataclass(frozen=True)
class Options:
    unwrap: bool = True
    footnotes: bool = True
    links: str = "say"
    emphasis: bool = True
    quotes: str = "keep"

    @classmethod
    def read(cls, config: Mapping[str, Any]) -> "Options":
        """The host has checked the values; what it doesn't give keeps its default."""
        return cls(**{key: config[key] for key in cls.__dataclass_fields__ if key in config})
