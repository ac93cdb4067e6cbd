"""Sound, as methods take and give it."""

from __future__ import annotations

from typing import Union

BYTES = "application/octet-stream"
_HEADS = (
    (b"RIFF", "audio/wav"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
)


class Audio(bytes):
    """Bytes that know their media type. They are ``bytes`` in every other way."""

    mime: str

    def __new__(cls, data: Union[bytes, bytearray, memoryview] = b"", mime: str = BYTES) -> "Audio":
        made = super().__new__(cls, data)
        made.mime = mime
        return made

    @classmethod
    def pcm(
        cls, data: Union[bytes, bytearray, memoryview], rate: int, channels: int = 1, format: str = "s16le"
    ) -> "Audio":
        """Samples without a header; ``format`` is ``s16le`` or ``f32le``."""
        return cls(data, pcm_mime(rate, channels, format))


def pcm_mime(rate: int, channels: int = 1, format: str = "s16le") -> str:
    return f"audio/pcm;rate={rate};channels={channels};format={format}"


def container_of(data: bytes) -> "str | None":
    """The media type of a sound file, by its first bytes; None for what is none."""
    return next((mime for head, mime in _HEADS if data[: len(head)] == head), None)
