"""Python’s values as messages carry them, and back."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import enum
import json
from typing import Any, List, Optional

from contracts.audio import BYTES, Audio, container_of

from .limits import MAX_ATTACHMENT, MAX_ATTACHMENTS, MAX_LINE
from .protocol import ErrorCodes, PluginError


def message_pieces(message: Any, attach: bool) -> List[Any]:
    """What is to be written for a message. With ``attach`` bytes stand behind the line, else in it as base64.

    Raises PluginError for what no message can carry.
    """
    attached: List[Any] = []
    try:
        line = _dumps(message, attached if attach else None)
    except PluginError:
        raise
    except RecursionError:
        raise PluginError(ErrorCodes.INTERNAL, "The result holds itself, or lies too deep to be sent.") from None
    except (TypeError, ValueError) as error:
        raise PluginError(ErrorCodes.INTERNAL, f"The result can’t be sent: {error}") from error
    if not attached:
        if len(line) > MAX_LINE:
            raise _too_large(len(line), MAX_LINE)
        return [line + b"\n"]
    total = sum(len(data) for data in attached)
    if total > MAX_ATTACHMENT or len(attached) > MAX_ATTACHMENTS:
        raise _too_large(total, MAX_ATTACHMENT)
    pieces: List[Any] = [line[:-1] + b',"attachments":%d}\n' % len(attached)]
    for data in attached:
        pieces += (len(data).to_bytes(4, "little"), data)
    return pieces


def _dumps(message: Any, attached: Optional[List[Any]]) -> bytes:
    def other(value: Any) -> Any:
        if isinstance(value, (bytes, bytearray, memoryview)):
            return _carried(value, attached)
        return _plain(value)

    def write(ascii_only: bool) -> str:
        if attached is not None:
            attached.clear()
        return json.dumps(message, default=other, ensure_ascii=ascii_only, allow_nan=False, separators=(",", ":"))

    try:
        return write(False).encode("utf-8")
    except UnicodeEncodeError:
        # Half a surrogate pair is no UTF-8, but JSON can escape it.
        return write(True).encode("utf-8")


def _carried(value: Any, attached: Optional[List[Any]]) -> Any:
    data = value if isinstance(value, bytes) else bytes(value)
    mime = getattr(value, "mime", None) or container_of(data) or BYTES
    if attached is None:
        return {"encoding": "base64", "mime": mime, "data": base64.b64encode(data).decode("ascii")}
    attached.append(data)
    return {"encoding": "attachment", "mime": mime, "attachment": len(attached) - 1}


def _plain(value: Any) -> Any:
    """Kinds of values that people return and JSON does not know."""
    if isinstance(value, enum.Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    # Numbers and arrays of numpy, without importing it.
    for name in ("tolist", "item"):
        convert = getattr(value, name, None)
        if callable(convert) and type(value).__module__.split(".")[0] == "numpy":
            return convert()
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    if hasattr(value, "__fspath__"):
        return str(value)
    raise TypeError(f"it holds a {type(value).__name__}. Return text, numbers, lists, dicts or bytes.")


def take(value: Any, attachments: List[bytes]) -> Any:
    """A value of a message, its bytes as ``bytes``. Raises PluginError."""
    try:
        return _taken(value, attachments)
    except RecursionError:
        raise PluginError(ErrorCodes.INVALID_PARAMS, "The parameters lie too deep within one another.") from None


def _taken(value: Any, attachments: List[bytes]) -> Any:
    if isinstance(value, list):
        return [_taken(item, attachments) for item in value]
    if not isinstance(value, dict):
        return value
    encoding = value.get("encoding")
    if encoding == "base64" and isinstance(value.get("data"), str):
        try:
            return _received(base64.b64decode(value["data"], validate=True), value)
        except binascii.Error as error:
            raise PluginError(ErrorCodes.INVALID_PARAMS, f"The base64 can’t be read: {error}.") from error
    if encoding == "attachment" and "attachment" in value:
        at = value["attachment"]
        if type(at) is not int or not 0 <= at < len(attachments):
            raise PluginError(ErrorCodes.INVALID_PARAMS, f"There is no attachment {at}.")
        return _received(attachments[at], value)
    return {key: _taken(item, attachments) for key, item in value.items()}


def _received(data: bytes, value: Any) -> bytes:
    mime = value.get("mime")
    return Audio(data, mime) if isinstance(mime, str) and mime != BYTES else data


def _too_large(length: int, limit: int) -> PluginError:
    return PluginError(
        ErrorCodes.INTERNAL,
        f"The result has {length} bytes; a message may have {limit}. Return less at once, or yield it in pieces.",
    )
