"""The voices of Kokoro-82M as a contract plugin."""

import asyncio
import os
import time
from pathlib import Path
from typing import Any, AsyncIterator, Dict, List, Optional

from contracts.audio import Audio
from contracts.base import HealthStatus, PluginStatus
from contracts.tts_contract import TTSContract
from plugins._host.protocol import ErrorCodes, PluginError

#: Characters of one call: about an hour of speech.
LONGEST_TEXT = 50_000
#: Names of the voices are af_heart, am_michael: accent and gender, then the name.
_GENDERS = {"f": "female", "m": "male"}


class KokoroPlugin(TTSContract):
    """American English, sentence by sentence: the first is heard while the second is made."""

    sample_rate = 24_000

    async def initialize(self, config: Dict[str, Any]) -> bool:
        # Not at the head: what it imports takes a second, and the settings are judged before.
        from .voice import Kokoro

        self._voice = config.get("voice", "af_heart")
        self._speed = float(config.get("speed", 1))
        folder = Path(os.environ.get("VOXLOOM_MODELS", "models")) / "kokoro-82m"
        self._model = await asyncio.to_thread(Kokoro, folder, int(config.get("threads", 0)))
        if self._voice not in self._model.voices:
            raise PluginError(ErrorCodes.TTS_VOICE_NOT_FOUND, self._missing(self._voice))
        self._latency: Optional[float] = None
        self._status = PluginStatus.READY
        return True

    async def shutdown(self) -> bool:
        self._status = PluginStatus.STOPPED
        return True

    def health_check(self) -> HealthStatus:
        return HealthStatus(
            status=self._status,
            message=f"{len(self._model.voices)} voices",
            details={"voice": self._voice},
            latency_ms=self._latency,
        )

    async def synthesize(self, text: str, voice_id: Optional[str] = None) -> AsyncIterator[Audio]:
        voice = voice_id or self._voice
        if len(text) > LONGEST_TEXT:
            raise PluginError(
                ErrorCodes.TTS_TEXT_TOO_LONG,
                f"The text has {len(text)} characters; one call may have {LONGEST_TEXT}. Speak it in parts.",
            )
        if voice not in self._model.voices:
            raise PluginError(ErrorCodes.TTS_VOICE_NOT_FOUND, self._missing(voice))
        sounds = self._model.speak(text, voice, self._speed)
        spoken = False
        while True:
            began = time.perf_counter()
            sound = await asyncio.to_thread(next, sounds, None)
            if sound is None:
                break
            if not spoken:
                self._latency = round((time.perf_counter() - began) * 1000, 1)
            spoken = True
            yield Audio(sound, "audio/pcm;rate=24000;channels=1;format=s16le")
        if not spoken:
            raise PluginError(ErrorCodes.TTS_SYNTHESIS_FAILED, "There is no word in this text. Give one that can be said.")

    async def get_voices(self) -> List[Dict[str, Any]]:
        return [self._info(voice) for voice in self._model.voices]

    async def get_voice_info(self, voice_id: str) -> Dict[str, Any]:
        if voice_id not in self._model.voices:
            raise PluginError(ErrorCodes.TTS_VOICE_NOT_FOUND, self._missing(voice_id))
        return {**self._info(voice_id), "sample_rate": self.sample_rate}

    def _info(self, voice: str) -> Dict[str, Any]:
        return {
            "id": voice,
            "name": voice[3:].capitalize(),
            "language": "en-US",
            "gender": _GENDERS.get(voice[1], "unknown"),
        }

    def _missing(self, voice: str) -> str:
        return f"There is no voice “{voice}”. Voices: {', '.join(self._model.voices)}."
