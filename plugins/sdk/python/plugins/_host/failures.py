"""What a plugin raises, as the error of an answer."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Any, Dict, Optional

from .protocol import ErrorCodes, PluginError

_FAILED = {
    "tts": ErrorCodes.TTS_SYNTHESIS_FAILED,
    "stt": ErrorCodes.STT_TRANSCRIPTION_FAILED,
    "llm": ErrorCodes.LLM_COMPLETION_FAILED,
}
_LOOKED_UP = {
    "session_id": (ErrorCodes.INVALID_PARAMS, "session"),
    "voice_id": (ErrorCodes.TTS_VOICE_NOT_FOUND, "voice"),
    "model": (ErrorCodes.LLM_MODEL_NOT_AVAILABLE, "model"),
}
_LONGEST = 2000
MAX_MESSAGE = 4000
"""Characters of a message. More is nothing that anybody reads, and may be more than a line can have."""


def failure_of(error: BaseException, contract: Optional[str], folder: str) -> PluginError:
    """A PluginError as it is; another exception in words. Its traceback goes to the log.

    A ValueError that the plugin's own code raised is about what it was given; one of a library is not.
    """
    if isinstance(error, PluginError):
        return error
    traceback.print_exception(type(error), error, error.__traceback__, file=sys.stderr)
    said = _said_by(error)
    if isinstance(error, NotImplementedError):
        return PluginError(ErrorCodes.METHOD_NOT_FOUND, said or "The plugin does not have this method.")
    if isinstance(error, ValueError) and said and _raised_in(error, folder):
        return PluginError(ErrorCodes.INVALID_PARAMS, said)
    code = _FAILED.get(contract or "", ErrorCodes.INTERNAL)
    if isinstance(error, MemoryError):
        return PluginError(code, "The plugin ran out of memory.")
    name = type(error).__name__
    return PluginError(code, f"{name}: {said}" if said else f"The plugin failed with {name}. Its log says where.")


def not_known(error: KeyError, params: Dict[str, Any]) -> Optional[PluginError]:
    """What a plugin means that looks something up by what it was given, and does not find it."""
    for name, (code, what) in _LOOKED_UP.items():
        if isinstance(params.get(name), str) and error.args == (params[name],):
            return PluginError(code, f"There is no {what} “{params[name]}”.")
    return None


def error_object(error: PluginError) -> Dict[str, Any]:
    """As an answer has it."""
    message = error.message if len(error.message) <= MAX_MESSAGE else error.message[: MAX_MESSAGE - 1] + "…"
    return {"code": error.code, "message": message, **({} if error.data is None else {"data": error.data})}


def _said_by(error: BaseException) -> str:
    try:
        return " ".join(str(error).split())[:_LONGEST]
    except Exception:
        # Its own code failed over its words; the caller waits for an answer all the same.
        return ""


def _raised_in(error: BaseException, folder: str) -> bool:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return False
    home = os.path.join(os.path.realpath(folder), "")
    return os.path.realpath(frames[-1].filename).startswith(home)
