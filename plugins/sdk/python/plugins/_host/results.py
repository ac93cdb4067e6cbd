"""What methods return, in the shapes that the contracts name."""

from __future__ import annotations

import io
import wave
from typing import Any, Callable, Dict, List, Optional

from contracts.audio import Audio, container_of, pcm_mime

from .protocol import ErrorCodes, PluginError

_RATE = 24000
_SAMPLES = {2: "s16le"}


class Sound:
    """Pieces of one text's sound: all of one media type, so that they can be joined."""

    def __init__(self, plugin: Any) -> None:
        self._plugin = plugin
        self._mime: Optional[str] = None

    def whole(self, value: Any) -> Audio:
        """The sound of a method that returned it at once. Raises PluginError."""
        data = _bytes_of(value)
        return data if isinstance(data, Audio) else Audio(data, container_of(data) or self._plain())

    def piece(self, value: Any) -> Optional[Audio]:
        """The next of a method that yields; None for an empty one. WAV files lose their heads."""
        data = _bytes_of(value)
        if not data:
            return None
        mime = data.mime if isinstance(data, Audio) else container_of(data)
        if mime == "audio/wav":
            samples = _samples_of(data)
            if samples is not None:
                data, mime = samples, samples.mime
        # What has no head goes on with what came before: one file may be yielded in pieces.
        found = mime or self._mime or self._plain()
        if self._mime is not None and found != self._mime:
            raise PluginError(
                ErrorCodes.TTS_SYNTHESIS_FAILED,
                f"It yielded {self._mime} first and then {found}. All pieces must be of one type.",
            )
        self._mime = found
        return Audio(data, found) if data else None

    def _plain(self) -> str:
        rate = getattr(self._plugin, "sample_rate", None) or _RATE
        return pcm_mime(int(rate))


def joined(pieces: List[Audio]) -> Audio:
    return Audio(b"".join(pieces), pieces[0].mime) if pieces else Audio(b"", pcm_mime(_RATE))


def listed(value: Any) -> Any:
    """Voices, languages and models that are only names become objects with an id."""
    if isinstance(value, dict):
        value = [{"id": key, **(more if isinstance(more, dict) else {"name": more})} for key, more in value.items()]
    if not isinstance(value, (list, tuple)):
        return value
    return [_entry(entry) for entry in value]


def reply(value: Any) -> Any:
    """What ``chat`` returned; the reply is found where OpenAI’s API has it, too."""
    if not isinstance(value, dict) or "content" in value or "message" in value:
        return value
    choices = value.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict) and "message" in choices[0]:
        return {**value, "message": choices[0]["message"]}
    said = value.get("text", value.get("response"))
    return {**value, "content": said} if isinstance(said, str) else value


def cut(value: Any, stop: Callable[[str], str]) -> Any:
    """A reply, in any of its shapes, with its text put through ``stop``."""
    if isinstance(value, str):
        return stop(value)
    if not isinstance(value, dict):
        return value
    return {key: cut(more, stop) if key in ("text", "content", "message") else more for key, more in value.items()}


def words(value: Any) -> Optional[str]:
    """One item of a language model’s stream. Raises PluginError."""
    said = value.get("text", value.get("content")) if isinstance(value, dict) else value
    if isinstance(said, str):
        return said or None
    raise PluginError(ErrorCodes.LLM_COMPLETION_FAILED, f"It yielded {_called(value)} where text is needed.")


def _entry(entry: Any) -> Any:
    if isinstance(entry, str):
        return {"id": entry, "name": entry}
    if not isinstance(entry, dict):
        return entry
    known: Dict[str, Any] = dict(entry)
    key = known.get("id") or known.get("code") or known.get("name")
    if isinstance(key, str):
        known.setdefault("id", key)
        known.setdefault("name", key)
    return known


def _bytes_of(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    raise PluginError(
        ErrorCodes.TTS_SYNTHESIS_FAILED,
        f"It made {_called(value)} where sound is needed. Return bytes: a WAV file, or samples of 16 bits, such as "
        "(samples * 32767).astype(numpy.int16).tobytes().",
    )


def _called(value: Any) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"


def _samples_of(data: bytes) -> Optional[Audio]:
    """The samples of a WAV file; None for one that ``wave`` does not read, which is passed on as it is."""
    try:
        with wave.open(io.BytesIO(data)) as sound:
            kind = _SAMPLES.get(sound.getsampwidth())
            if kind is None:
                return None
            # The head of a file that is still being written may promise more than is there.
            return Audio.pcm(sound.readframes(sound.getnframes()), sound.getframerate(), sound.getnchannels(), kind)
    except (wave.Error, EOFError, ValueError):
        return None
