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
_LONGEST = 2000


def failure_of(error: BaseException, contract: Optional[str], folder: str) -> PluginError:
    """A PluginError as it is; another exception in words. Its traceback goes to the log.

    A ValueError that the plugin's own code raised is about what it was given; one of a library is not.
    """
    if isinstance(error, PluginError):
        return error
    traceback.print_exception(type(error), error, error.__traceback__, file=sys.stderr)
    said = " ".join(str(error).split())[:_LONGEST]
    if isinstance(error, NotImplementedError):
        return PluginError(ErrorCodes.METHOD_NOT_FOUND, said or "The plugin does not have this method.")
    if isinstance(error, ValueError) and said and _raised_in(error, folder):
        return PluginError(ErrorCodes.INVALID_PARAMS, said)
    code = _FAILED.get(contract or "", ErrorCodes.INTERNAL)
    if isinstance(error, MemoryError):
        return PluginError(code, "The plugin ran out of memory.")
    name = type(error).__name__
    return PluginError(code, f"{name}: {said}" if said else f"The plugin failed with {name}. Its log says where.")


def error_object(error: PluginError) -> Dict[str, Any]:
    """As an answer has it."""
    return {"code": error.code, "message": error.message, **({} if error.data is None else {"data": error.data})}


def _raised_in(error: BaseException, folder: str) -> bool:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return False
    home = os.path.join(os.path.realpath(folder), "")
    return os.path.realpath(frames[-1].filename).startswith(home)
