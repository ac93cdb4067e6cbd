"""How a plugin says what went wrong. Needs no host: tests of a plugin import it, too."""

from __future__ import annotations

from typing import Any, Optional, Union

from .error_codes import MESSAGES, ErrorCodes

__all__ = ["ErrorCodes", "PluginError"]


class PluginError(Exception):
    """A failure in words for whoever uses the plugin: ``PluginError(ErrorCodes.TTS_VOICE_NOT_FOUND, "There is …")``.

    ``code`` is one of ErrorCodes, or a positive number of the plugin's own; ``data`` is JSON that goes with it.
    """

    # What a subclass has that sets nothing of its own.
    code: int = int(ErrorCodes.INTERNAL)
    message: str = "The plugin failed."
    data: Optional[Any] = None

    def __init__(self, code: Union[int, ErrorCodes], message: str = "", data: Optional[Any] = None) -> None:
        self.code = int(code)
        self.message = str(message) or MESSAGES.get(self.code, "The plugin failed.")
        self.data = data
        super().__init__(self.message)
