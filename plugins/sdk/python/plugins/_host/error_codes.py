"""Codes of errors. Made from companion/protocol/contract-errors.ts. Not to be edited by hand."""

from enum import IntEnum


class ErrorCodes(IntEnum):
    """What a plugin may answer with. Positive numbers that stand for nothing here are a plugin’s own."""

    TTS_SYNTHESIS_FAILED = 1000
    TTS_VOICE_NOT_FOUND = 1001
    TTS_TEXT_TOO_LONG = 1002
    STT_TRANSCRIPTION_FAILED = 1100
    STT_AUDIO_INVALID = 1101
    LLM_COMPLETION_FAILED = 1200
    LLM_MODEL_NOT_AVAILABLE = 1201
    PARSE = -32700
    INVALID_REQUEST = -32600
    METHOD_NOT_FOUND = -32601
    INVALID_PARAMS = -32602
    INTERNAL = -32603
    NOT_INITIALIZED = -32002
    CANCELLED = -32800
    PARSE_ERROR = -32700
    INTERNAL_ERROR = -32603


MESSAGES = {
    1000: "The text could not be spoken.",
    1001: "There is no such voice.",
    1002: "The text is too long for one call.",
    1100: "The sound could not be transcribed.",
    1101: "The sound can’t be read.",
    1200: "No reply could be made.",
    1201: "There is no such model, or it is not loaded.",
}
