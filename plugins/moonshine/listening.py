"""Moonshine Tiny through its native library. https://github.com/moonshine-ai/moonshine"""

import array
import threading
from pathlib import Path
from typing import Any, Dict, List, Sequence

from moonshine_voice.moonshine_api import ModelArch
from moonshine_voice.transcriber import Transcriber

_FILES = ("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin")


class Moonshine:
    """
    The model. Any thread may ask; it hears one thing at a time.

    :param folder: ``moonshine-tiny-en`` among the weights
    :raises FileNotFoundError: in a sentence that says what to fetch
    """

    def __init__(self, folder: Path, update_interval: float) -> None:
        missing = [name for name in _FILES if not (folder / name).is_file()]
        if missing:
            raise FileNotFoundError(
                f"{', '.join(missing)} of Moonshine is not in {folder}. Fetch it: voxloom models pull moonshine-tiny-en"
            )
        self._model = Transcriber(str(folder), ModelArch.TINY, options={"return_audio_data": "false"})
        self.update_interval = update_interval
        self.lock = threading.Lock()

    def transcribe(self, samples: Sequence[float], rate: int) -> Dict[str, Any]:
        with self.lock:
            # Its own way for whole recordings remembers the one before, and hears a word in the hiss at the beginning.
            stream = _listening(self._model)
            stream.add_audio(samples, rate)
            return _told(_ended(stream))

    def stream(self) -> "Session":
        return Session(self, self._model)

    def close(self) -> None:
        with self.lock:
            self._model.close()


class Session:
    """Somebody who is listened to, piece by piece. What was heard is kept: it is the session's whole state."""

    def __init__(self, owner: Moonshine, model: Transcriber) -> None:
        self._lock = owner.lock
        self._interval = owner.update_interval
        self._new = 0.0
        self._text = ""
        self.heard: List[bytes] = []
        with self._lock:
            self._stream = _listening(model)

    def feed(self, data: bytes, samples: "array.array[float]", rate: int) -> str:
        """:returns: the words so far; the last ones may change"""
        self.heard.append(data)
        self._new += len(samples) / rate
        with self._lock:
            self._stream.add_audio(samples, rate)
            if self._new >= self._interval:
                self._text = _told(self._stream.update_transcription().lines)["text"]
                self._new = 0.0
        return self._text

    def end(self) -> str:
        with self._lock:
            return _told(_ended(self._stream))["text"]


def _listening(model: Transcriber) -> Any:
    # It would look for words by itself, and say them to nobody.
    stream = model.create_stream(update_interval=float("inf"))
    stream.start()
    return stream


def _ended(stream: Any) -> Sequence[Any]:
    """Its lines. What came since the last look is not among them unless it is asked to look once more."""
    try:
        lines = stream.update_transcription(Transcriber.MOONSHINE_FLAG_FORCE_UPDATE).lines
        stream.stop()
        return lines
    finally:
        stream.close()


def _told(lines: Sequence[Any]) -> Dict[str, Any]:
    spoken = [line for line in lines if line.text.strip()]
    return {
        "text": " ".join(line.text.strip() for line in spoken),
        "language": "en",
        "segments": [
            {
                "text": line.text.strip(),
                "start": round(line.start_time, 3),
                "end": round(line.start_time + line.duration, 3),
            }
            for line in spoken
        ],
    }
