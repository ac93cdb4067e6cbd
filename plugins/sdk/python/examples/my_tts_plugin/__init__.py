"""A voice that whistles: each letter is a note."""

import asyncio
import io
import wave
from array import array
from math import pi, sin

from contracts.base import HealthStatus, PluginStatus
from contracts.tts_contract import TTSContract
from plugins._host.protocol import ErrorCodes, PluginError

RATE = 24000
LONGEST = 10000
LOWEST_NOTE = {"high": 880.0, "low": 220.0}
"""Frequency of the letter a, in Hz, by the voice."""


class MyTTSPlugin(TTSContract):
    async def initialize(self, config: dict) -> bool:
        self._voice = config.get("voice", "high")
        self._note = config.get("note_ms", 80) * RATE // 1000
        self._spoken = 0
        self._status = PluginStatus.READY
        return True

    async def shutdown(self) -> bool:
        self._status = PluginStatus.STOPPED
        return True

    def health_check(self) -> HealthStatus:
        return HealthStatus(status=self._status, message="Whistling.", details={"texts_spoken": self._spoken})

    async def synthesize(self, text: str, voice_id: str = None) -> bytes:
        voice = voice_id or self._voice
        if voice not in LOWEST_NOTE:
            raise PluginError(ErrorCodes.TTS_VOICE_NOT_FOUND, f"There is no voice “{voice}”. There are: high, low.")
        if len(text) > LONGEST:
            raise PluginError(ErrorCodes.TTS_TEXT_TOO_LONG, f"A text may have {LONGEST} characters.")
        # In a thread, so that the plugin still answers while it computes.
        audio = await asyncio.to_thread(whistle, text, LOWEST_NOTE[voice], self._note)
        self._spoken += 1
        return audio

    async def get_voices(self) -> list:
        return [
            {"id": "high", "name": "High whistle", "language": "en-US"},
            {"id": "low", "name": "Low whistle", "language": "en-US"},
        ]

    def capture_state(self) -> dict:
        return {"spoken": self._spoken}

    def restore_state(self, state: dict) -> None:
        self._spoken = state.get("spoken", 0)


def whistle(text: str, lowest: float, length: int) -> bytes:
    """A WAV file: a note of ``length`` samples for each letter, silence for all that is none."""
    samples = array("h")
    for letter in text.lower():
        step = ord(letter) - ord("a") if "a" <= letter <= "z" else None
        frequency = 0.0 if step is None else lowest * 2 ** (step / 12)
        for n in range(length):
            # It swells and fades, so that no note begins with a click.
            loudness = 12000 * sin(pi * n / length)
            samples.append(int(loudness * sin(2 * pi * frequency * n / RATE)))
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(samples.tobytes())
    return file.getvalue()
