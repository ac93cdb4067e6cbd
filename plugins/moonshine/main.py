"""Moonshine as a contract plugin: whole recordings, and speech while it is said."""

import asyncio
import base64
import os
import time
import uuid
from pathlib import Path
from typing import Any, Dict, List, Optional

from contracts.base import HealthStatus, PluginStatus
from contracts.stt_contract import STTContract
from plugins._host.protocol import ErrorCodes, PluginError

from .sound import Unreadable, read_sound

#: Sessions at one time: each holds a decoder's memory.
MOST_SESSIONS = 16
#: Seconds of one session. What was heard is its state, and a state has a limit.
LONGEST_SESSION = 120.0
#: Seconds of one recording.
LONGEST_SOUND = 1800.0


class MoonshinePlugin(STTContract):
    """English. A session's sound goes with it when another of this plugin takes over."""

    async def initialize(self, config: Dict[str, Any]) -> bool:
        # Not at the head: it loads the native library, and the settings are judged before.
        from .listening import Moonshine

        folder = Path(os.environ.get("VOXLOOM_MODELS", "models")) / "moonshine-tiny-en"
        self._model = await asyncio.to_thread(Moonshine, folder, float(config.get("update_interval", 0.5)))
        self._sessions: Dict[str, Any] = {}
        self._seconds: Dict[str, float] = {}
        self._latency: Optional[float] = None
        self._status = PluginStatus.READY
        return True

    async def shutdown(self) -> bool:
        await asyncio.to_thread(self._model.close)
        self._status = PluginStatus.STOPPED
        return True

    def health_check(self) -> HealthStatus:
        return HealthStatus(
            status=self._status,
            message="Listening" if self._sessions else "Waiting",
            details={"sessions": len(self._sessions)},
            latency_ms=self._latency,
        )

    async def transcribe(self, audio: bytes, language: Optional[str] = None) -> Dict[str, Any]:
        self._only_english(language)
        samples, rate = self._read(audio)
        if len(samples) > LONGEST_SOUND * rate:
            raise PluginError(
                ErrorCodes.STT_AUDIO_INVALID,
                f"The sound lasts {len(samples) / rate:.0f} s; one call may have {LONGEST_SOUND:.0f} s. Cut it.",
            )
        began = time.perf_counter()
        told = await asyncio.to_thread(self._model.transcribe, samples, rate)
        self._latency = round((time.perf_counter() - began) * 1000, 1)
        return told

    async def get_languages(self) -> List[Dict[str, str]]:
        return [{"id": "en", "name": "English"}]

    async def start_stream(self, language: Optional[str] = None) -> str:
        self._only_english(language)
        if len(self._sessions) >= MOST_SESSIONS:
            raise PluginError(
                ErrorCodes.STT_TRANSCRIPTION_FAILED,
                f"{MOST_SESSIONS} sessions are open already. End one of them and begin again.",
            )
        name = uuid.uuid4().hex
        self._seconds[name] = 0.0
        self._sessions[name] = await asyncio.to_thread(self._model.stream)
        return name

    async def feed_audio(self, session_id: str, audio_chunk: bytes) -> Dict[str, Any]:
        session = self._session(session_id)
        samples, rate = self._read(audio_chunk)
        seconds = self._seconds[session_id] + len(samples) / rate
        if seconds > LONGEST_SESSION:
            raise PluginError(
                ErrorCodes.STT_AUDIO_INVALID,
                f"This session has heard {LONGEST_SESSION:.0f} s, which is the most. End it and begin another.",
            )
        self._seconds[session_id] = seconds
        text = await asyncio.to_thread(session.feed, audio_chunk, samples, rate)
        return {"text": text, "is_final": False}

    async def end_stream(self, session_id: str) -> str:
        session = self._session(session_id)
        del self._sessions[session_id], self._seconds[session_id]
        return await asyncio.to_thread(session.end)

    async def capture_state(self) -> Dict[str, Any]:
        return {
            name: [base64.b64encode(chunk).decode("ascii") for chunk in session.heard]
            for name, session in self._sessions.items()
        }

    async def restore_state(self, state: Dict[str, Any]) -> None:
        for name, chunks in state.items():
            self._sessions[name] = await asyncio.to_thread(self._model.stream)
            self._seconds[name] = 0.0
            for chunk in chunks:
                await self.feed_audio(name, base64.b64decode(chunk))

    def _session(self, name: str) -> Any:
        if name not in self._sessions:
            raise PluginError(
                ErrorCodes.INVALID_PARAMS, f"There is no session “{name}”. Begin one with start_stream."
            )
        return self._sessions[name]

    @staticmethod
    def _only_english(language: Optional[str]) -> None:
        if language and language.split("-")[0].lower() != "en":
            raise PluginError(
                ErrorCodes.STT_TRANSCRIPTION_FAILED, f"This recogniser knows English, not “{language}”. Choose another."
            )

    @staticmethod
    def _read(data: bytes) -> Any:
        try:
            return read_sound(data)
        except Unreadable as error:
            raise PluginError(ErrorCodes.STT_AUDIO_INVALID, str(error)) from error
