"""Messages as they come: lines of JSON, each with the attachments that stand behind it."""

from __future__ import annotations

import json
import os
from typing import Any, Dict, Iterator, List, Tuple, Union

from .limits import MAX_ATTACHMENT, MAX_ATTACHMENTS, MAX_LINE
from .protocol import ErrorCodes, PluginError

Message = Tuple[Dict[str, Any], List[bytes]]


class HostLost(Exception):
    """What the host sends can’t be followed any more: the next message can’t be found."""


def read_messages(descriptor: int) -> Iterator[Union[Message, PluginError]]:
    """Until the input ends. A PluginError is a line that was none of ours; the next one may be.

    Raises HostLost.
    """
    source = os.fdopen(descriptor, "rb", buffering=64 * 1024, closefd=False)
    while True:
        line = source.readline(MAX_LINE + 1)
        if not line:
            return
        if not line.endswith(b"\n"):
            if len(line) <= MAX_LINE:
                # The host ended in the middle of a line.
                return
            while line and not line.endswith(b"\n"):
                line = source.readline(64 * 1024)
            yield PluginError(ErrorCodes.INVALID_REQUEST, f"A line has more than {MAX_LINE} bytes.")
            continue
        if line in (b"\n", b"\r\n"):
            continue
        message = _parse(line)
        if isinstance(message, PluginError):
            yield message
            continue
        count = message.get("attachments", 0)
        yield message, _attachments(source, count) if count != 0 else []


def _parse(line: bytes) -> Union[Dict[str, Any], PluginError]:
    try:
        message = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        return PluginError(ErrorCodes.PARSE, f"The line is no JSON in UTF-8: {error}")
    if isinstance(message, dict):
        return message
    return PluginError(ErrorCodes.INVALID_REQUEST, "The line is no JSON object.")


def _attachments(source: Any, count: Any) -> List[bytes]:
    if type(count) is not int or not 0 < count <= MAX_ATTACHMENTS:
        raise HostLost(f"A message announces “{count}” attachments; it may have {MAX_ATTACHMENTS}.")
    found: List[bytes] = []
    left = MAX_ATTACHMENT
    for _ in range(count):
        length = int.from_bytes(_exactly(source, 4), "little")
        if length > left:
            raise HostLost(f"The attachments of a message have more than {MAX_ATTACHMENT} bytes.")
        left -= length
        found.append(_exactly(source, length))
    return found


def _exactly(source: Any, length: int) -> bytes:
    data = source.read(length)
    if len(data) < length:
        raise HostLost("The input ended in the middle of an attachment.")
    return data
