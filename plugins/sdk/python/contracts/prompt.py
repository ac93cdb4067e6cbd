"""A dialogue as one text, for models that only go on with one."""

from __future__ import annotations

from typing import Any, Dict, List

_NAMES = {"user": "User", "assistant": "Assistant"}


def prompt_of(messages: List[Dict[str, Any]]) -> str:
    """Messages of ``role`` and ``content``, oldest first; it ends where the assistant is to speak."""
    said = []
    for message in messages:
        content = str(message.get("content", ""))
        name = _NAMES.get(str(message.get("role")))
        said.append(f"{name}: {content}" if name else content)
    return "\n\n".join([*said, "Assistant:"])
