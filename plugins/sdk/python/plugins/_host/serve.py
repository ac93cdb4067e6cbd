"""A plugin’s process: reads what the host asks, and answers."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import traceback
from typing import Tuple

from .dispatch import Dispatch
from .life import Life
from .manifest import Manifest
from .protocol import PluginError
from .reader import HostLost, read_messages
from .values import take
from .writer import MessageWriter

LAST_WORDS = 1.7
"""Seconds that a plugin has to shut down when its input has ended: the host waits for two."""

LAST_FLUSH = 0.1
"""Seconds that a host has to read the last answer."""


def serve(manifest: Manifest, descriptors: Tuple[int, int]) -> None:
    """Runs until the input ends; does not return."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    gone = asyncio.Event()

    def end() -> None:
        # Whatever holds the loop, or threads that never end, must not keep the process.
        timer = threading.Timer(LAST_WORDS, os._exit, (0,))
        timer.daemon = True
        timer.start()
        try:
            loop.call_soon_threadsafe(gone.set)
        except RuntimeError:
            pass

    writer = MessageWriter(descriptors[1], on_gone=end)
    life = Life(manifest)
    dispatch = Dispatch(life, writer)

    def read() -> None:
        try:
            for message in read_messages(descriptors[0]):
                if isinstance(message, PluginError):
                    loop.call_soon_threadsafe(dispatch.refuse, None, message)
                    continue
                content, attachments = message
                if attachments or "params" in content:
                    try:
                        content["params"] = take(content.get("params"), attachments)
                    except PluginError as error:
                        loop.call_soon_threadsafe(dispatch.refuse, content.get("id"), error)
                        continue
                dispatch.watch.see(content)
                loop.call_soon_threadsafe(dispatch.receive, content)
        except HostLost as error:
            print(error, file=sys.stderr)
        except RuntimeError:
            # The loop has ended.
            pass
        finally:
            end()

    for name in ("SIGTERM", "SIGINT"):
        signal.signal(getattr(signal, name), lambda *_: end())
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    threading.Thread(target=read, name="voxloom-reader", daemon=True).start()
    code = 0
    try:
        loop.run_until_complete(_until(gone, dispatch, life))
    except BaseException:
        # Such as sys.exit within the plugin.
        traceback.print_exc()
        code = 1
    finally:
        writer.flush(LAST_FLUSH)
        sys.stderr.flush()
        # Not sys.exit: a thread of the plugin that still computes would be waited for.
        os._exit(code)


async def _until(gone: asyncio.Event, dispatch: Dispatch, life: Life) -> None:
    await gone.wait()
    dispatch.close()
    await life.end()
