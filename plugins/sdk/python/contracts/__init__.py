"""Contracts for voices, recognisers and language models: see docs/how-to-write-a-contract-plugin.md."""

from .audio import Audio
from .base import HealthStatus, PluginBase, PluginStatus
from .llm_contract import LLMContract
from .stt_contract import STTContract
from .tts_contract import TTSContract

__all__ = ["Audio", "HealthStatus", "LLMContract", "PluginBase", "PluginStatus", "STTContract", "TTSContract"]
