"""Methods of the contracts. Made from companion/protocol/contract-methods.ts. Not to be edited by hand."""

from typing import Dict, NamedTuple, Tuple


class Param(NamedTuple):
    name: str
    kind: str
    required: bool


METHODS: Dict[str, Dict[str, Tuple[Param, ...]]] = {
    "tts": {
        "synthesize": (
            Param("text", "str", True),
            Param("voice_id", "str", False),
        ),
        "get_voices": (),
        "get_voice_info": (
            Param("voice_id", "str", True),
        ),
    },
    "stt": {
        "transcribe": (
            Param("audio", "bytes", True),
            Param("language", "str", False),
        ),
        "get_languages": (),
        "start_stream": (
            Param("language", "str", False),
        ),
        "feed_audio": (
            Param("session_id", "str", True),
            Param("chunk", "bytes", True),
        ),
        "end_stream": (
            Param("session_id", "str", True),
        ),
    },
    "llm": {
        "complete": (
            Param("prompt", "str", True),
            Param("model", "str", False),
            Param("max_tokens", "int", False),
            Param("temperature", "float", False),
            Param("stop_sequences", "list", False),
        ),
        "chat": (
            Param("messages", "list", True),
            Param("model", "str", False),
            Param("max_tokens", "int", False),
            Param("temperature", "float", False),
            Param("stop_sequences", "list", False),
        ),
        "get_models": (),
        "stream_complete": (
            Param("prompt", "str", False),
            Param("messages", "list", False),
            Param("model", "str", False),
            Param("max_tokens", "int", False),
            Param("temperature", "float", False),
            Param("stop_sequences", "list", False),
        ),
    },
}
