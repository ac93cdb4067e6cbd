"""From a function to a program."""

from __future__ import annotations

import signal
import sys
import traceback
from typing import Callable, NoReturn

from .descriptors import take_descriptors
from .errors import HostGone, PluginError, checked_code
from .frames import FrameReader, FrameWriter
from .handshake import Handshake
from .plugin import Plugin


def run(main: Callable[[Plugin], object]) -> NoReturn:
    """Reads the handshake, calls ``main`` and ends the program: with 0 when ``main`` returns.

    Whatever ``main`` raises becomes one error frame and exit code 1; of an exception that is no PluginError the
    traceback goes to standard error.
    """
    frames_in, frames_out = take_descriptors()
    # Not the sudden death of SIG_DFL, which some libraries set: a broken pipe is an error that cleans up.
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    writer = FrameWriter(frames_out)
    reader = FrameReader(frames_in, on_gone=writer.close)
    code = 0
    try:
        try:
            main(Plugin(reader, writer, Handshake.parse(reader.handshake())))
        except PluginError as error:
            code = 1
            writer.error(checked_code(error.code), error.message, fatal=True)
        except KeyboardInterrupt:
            code = 130
        except Exception as error:
            code = 1
            traceback.print_exc()
            writer.error("UNEXPECTED_ERROR", _sentence(error), fatal=True)
    except HostGone:
        code = 1
    finally:
        writer.close()
    sys.exit(code)


def _sentence(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "The plugin ran out of memory."
    said = " ".join(str(error).split()).rstrip(".")[:300]
    return f"The plugin stopped on an unexpected {type(error).__name__}{': ' + said if said else ''}. Its log says where."
