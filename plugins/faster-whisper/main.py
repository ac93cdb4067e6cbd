"""Whisper on CTranslate2 as a contract plugin. https://github.com/SYSTRAN/faster-whisper"""

import asyncio
import io
import os
import time
from pathlib import Path
from typing import Any, Dict, List, Optional

from contracts.base import HealthStatus, PluginStatus
from contracts.stt_contract import STTContract
from plugins._host.protocol import ErrorCodes, PluginError

#: Seconds of one recording.
LONGEST_SOUND = 4 * 3600.0


class FasterWhisperPlugin(STTContract):
    """Whole recordings, in each language that the model knows; it finds the language out where none is named."""

    async def initialize(self, config: Dict[str, Any]) -> bool:
        folder = Path(os.environ.get("VOXLOOM_MODELS", "models")) / config.get("model", "whisper-base")
        if not (folder / "model.bin").is_file():
            raise FileNotFoundError(
                f"There is no Whisper model in {folder}. Put one in the format of CTranslate2 there "
                "(model.bin, config.json, tokenizer.json, vocabulary), or set “model” to the folder that has one."
            )
        self._beam_size = int(config.get("beam_size", 5))
        self._lock = asyncio.Lock()
        self._latency: Optional[float] = None
        self._model = await asyncio.to_thread(self._load, folder, int(config.get("threads", 0)))
        self._status = PluginStatus.READY
        return True

    @staticmethod
    def _load(folder: Path, threads: int) -> Any:
        # Not at the head: it loads native libraries, and the settings are judged before.
        from faster_whisper import WhisperModel

        return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True)

    async def shutdown(self) -> bool:
        self._status = PluginStatus.STOPPED
        return True

    def health_check(self) -> HealthStatus:
        return HealthStatus(status=self._status, message="Listening", latency_ms=self._latency)

    async def transcribe(self, audio: bytes, language: Optional[str] = None) -> Dict[str, Any]:
        code = language.split("-")[0].lower() if language else None
        if code is not None and code not in self._model.supported_languages:
            raise PluginError(
                ErrorCodes.STT_TRANSCRIPTION_FAILED,
                f"This model does not know “{language}”. It knows {', '.join(self._model.supported_languages)}.",
            )
        async with self._lock:
            began = time.perf_counter()
            told = await asyncio.to_thread(self._transcribe, audio, code)
            self._latency = round((time.perf_counter() - began) * 1000, 1)
        return told

    def _transcribe(self, audio: bytes, language: Optional[str]) -> Dict[str, Any]:
        from av.error import FFmpegError
        from faster_whisper.audio import decode_audio

        try:
            samples = decode_audio(io.BytesIO(audio), sampling_rate=16_000)
        except (FFmpegError, ValueError, IndexError) as error:
            raise PluginError(
                ErrorCodes.STT_AUDIO_INVALID, f"This sound can’t be read ({error}). Give WAV, MP3, Opus, FLAC or M4A."
            ) from error
        if len(samples) > LONGEST_SOUND * 16_000:
            raise PluginError(
                ErrorCodes.STT_AUDIO_INVALID, f"The sound is longer than {LONGEST_SOUND / 3600:.0f} hours. Cut it."
            )
        if len(samples) == 0:
            return {"text": "", "words": []}
        segments, info = self._model.transcribe(
            samples,
            language=language,
            beam_size=self._beam_size,
            word_timestamps=True,
            vad_filter=True,
            # A sentence that was misheard once would be repeated for minutes.
            condition_on_previous_text=False,
        )
        found = list(segments)
        return {
            "text": " ".join(segment.text.strip() for segment in found),
            "language": info.language,
            "words": [
                {
                    "text": word.word.strip(),
                    "start": round(float(word.start), 3),
                    "end": round(float(word.end), 3),
                    "confidence": round(float(word.probability), 3),
                }
                for segment in found
                for word in segment.words or []
            ],
        }

    async def get_languages(self) -> List[Dict[str, str]]:
        return [{"id": code, "name": code} for code in self._model.supported_languages]
