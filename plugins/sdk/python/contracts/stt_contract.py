"""Speech to text."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Dict, List, Optional, Union

from .base import PluginBase, optional


class STTContract(PluginBase):
    """Writes down what is said. Sound comes as a WAV file: 16 kHz, mono, 16 bits."""

    __contract__ = "stt"

    @abstractmethod
    async def transcribe(self, audio: bytes, language: Optional[str] = None) -> Union[str, Dict[str, Any]]:
        """The text, or ``{"text": "…", "language": "en", "words": [{"text", "start", "end"}]}`` with seconds."""

    @abstractmethod
    async def get_languages(self) -> List[Dict[str, Any]]:
        """``[{"code": "en", "name": "English"}]``."""

    @optional
    async def start_stream(self, language: Optional[str] = None) -> Union[str, Dict[str, Any]]:
        """Begins to listen piece by piece. Gives an id for the two calls below."""
        raise NotImplementedError

    @optional
    async def feed_audio(self, session_id: str, chunk: bytes) -> Optional[Dict[str, Any]]:
        """Hears the next piece: ``{"text": "so far", "is_final": False}``."""
        raise NotImplementedError

    @optional
    async def end_stream(self, session_id: str) -> Union[str, Dict[str, Any]]:
        """Ends listening, and gives all that was said."""
        raise NotImplementedError
