"""Language models."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, AsyncIterator, Dict, List, Optional, Union

from .base import PluginBase, optional
from .prompt import prompt_of


class LLMContract(PluginBase):
    """Goes on with texts and answers dialogues."""

    __contract__ = "llm"

    @abstractmethod
    async def complete(
        self,
        prompt: str,
        max_tokens: int = 1024,
        temperature: float = 0.7,
        stop_sequences: Optional[List[str]] = None,
    ) -> str:
        """What follows ``prompt``. Add a parameter ``model`` when there are several."""

    async def chat(
        self, messages: List[Dict[str, Any]], max_tokens: int = 1024, temperature: float = 0.7
    ) -> Union[str, Dict[str, Any]]:
        """The reply, as text or as ``{"content": "…"}``. Without it the dialogue is put into one prompt."""
        return await self.complete(prompt_of(messages), max_tokens=max_tokens, temperature=temperature)

    @abstractmethod
    async def get_models(self) -> List[Dict[str, Any]]:
        """``[{"id": "…", "name": "…"}]``."""

    @optional
    def stream_complete(self, prompt: str, max_tokens: int = 1024, temperature: float = 0.7) -> AsyncIterator[str]:
        """As ``complete``, word by word: ``async def`` with ``yield``. It may take ``messages`` as well."""
        raise NotImplementedError
