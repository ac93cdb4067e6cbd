"""Media types as handshakes show them: ``audio/pcm;rate=24000;channels=1;format=s16le``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, Optional

_SAMPLE_BYTES = {"s16le": 2, "f32le": 4}


@dataclass(frozen=True)
class MediaType:
    """``name`` is lower case; ``parameters`` has lower-case keys, and values as they were written."""

    name: str
    parameters: Dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> "MediaType":
        """Raises ValueError when ``text`` is no media type, or gives a rate or channels that are no whole numbers."""
        name, *rest = (part.strip() for part in text.split(";"))
        kind, slash, sub = name.partition("/")
        if not (kind and slash and sub) or "/" in sub or any(char.isspace() for char in name):
            raise ValueError(f"“{text[:80]}” is not a media type such as text/plain.")
        parameters: Dict[str, str] = {}
        for part in rest:
            key, equals, value = part.partition("=")
            if not (key and equals and value):
                raise ValueError(f"“{part[:80]}” is not a parameter such as rate=24000.")
            parameters[key.strip().lower()] = value.strip().strip('"')
        for key in ("rate", "channels"):
            number = parameters.get(key, "1")
            if not (number.isascii() and number.isdigit() and int(number) > 0):
                raise ValueError(f"“{number[:80]}” is no {key}: a whole number is needed.")
        return cls(name.lower(), parameters)

    def __str__(self) -> str:
        return ";".join([self.name, *(f"{key}={value}" for key, value in self.parameters.items())])

    @property
    def rate(self) -> Optional[int]:
        """Sample frames a second, in Hz."""
        return self._number("rate")

    @property
    def channels(self) -> Optional[int]:
        return self._number("channels")

    @property
    def format(self) -> Optional[str]:
        """``s16le`` or ``f32le``; for ``audio/pcm`` the first when nothing is said."""
        return self.parameters.get("format", "s16le" if self.name == "audio/pcm" else None)

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample for each channel. Raises ValueError for a type that is not whole ``audio/pcm``."""
        size = _SAMPLE_BYTES.get(self.format or "")
        if self.name != "audio/pcm" or size is None or self.channels is None:
            raise ValueError(f"{self} has no samples of a known size.")
        return size * self.channels

    def _number(self, key: str) -> Optional[int]:
        value = self.parameters.get(key)
        return None if value is None else int(value)
