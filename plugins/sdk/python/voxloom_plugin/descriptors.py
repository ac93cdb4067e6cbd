"""Standard input and output are kept for frames alone."""

from __future__ import annotations

import os
import sys
from typing import Optional, Tuple

_taken: Optional[Tuple[int, int]] = None


def take_descriptors() -> Tuple[int, int]:
    """Moves frames to descriptors of their own, once.

    Descriptor 1 then points at standard error and descriptor 0 at nothing, for this program and for those that it
    starts. Returns the descriptors of the frames: input, output. Raises OSError when the program has no standard
    input or output.
    """
    global _taken
    if _taken is not None:
        return _taken
    frames_in, frames_out = os.dup(0), os.dup(1)
    if sys.platform == "win32":
        import msvcrt

        # Text mode would change every byte 10, and end the input at byte 26.
        msvcrt.setmode(frames_in, os.O_BINARY)
        msvcrt.setmode(frames_out, os.O_BINARY)
    # A program that the plugin starts inherits 0 and must not eat frames: a pipe whose other end is closed is empty.
    empty, other = os.pipe()
    os.close(other)
    os.dup2(empty, 0)
    os.close(empty)
    try:
        os.dup2(2, 1)
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    _taken = (frames_in, frames_out)
    return _taken
