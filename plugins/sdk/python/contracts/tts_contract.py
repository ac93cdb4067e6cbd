"""Text to speech."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Dict, List, Optional

from plugins._host.protocol import ErrorCodes, PluginError

from .base import PluginBase


class TTSContract(PluginBase):
    """Speaks texts."""

    __contract__ = "tts"

    @abstractmethod
    async def synthesize(self, text: str, voice_id: Optional[str] = None) -> bytes:
        """The sound of a text: a WAV file, or samples of 16 bits at ``self.sample_rate`` (24000 when there is none).

        A generator (``async def`` with ``yield``) is heard from its first piece on.
        """

    @abstractmethod
    async def get_voices(self) -> List[Dict[str, Any]]:
        """``[{"id": "…", "name": "…", "language": "en-US", "gender": "female"}]``; the last two may be absent."""

    async def get_voice_info(self, voice_id: str) -> Dict[str, Any]:
        """More about one voice: what ``get_voices`` has of it, unless a plugin knows more."""
        for voice in await self.get_voices():
            if voice.get("id") == voice_id:
                return voice
        raise PluginError(ErrorCodes.TTS_VOICE_NOT_FOUND, f"There is no voice “{voice_id}”.")
