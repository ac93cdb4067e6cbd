"""Write a Voxloom frame plugin: see docs/plugin-protocol.md.

Importing this package takes standard input and output for frames: from then on descriptor 1 is standard error, so
that a stray ``print``, of yours or of a library, is a log line and not a broken frame. Import it first.
"""

from .descriptors import take_descriptors

take_descriptors()

from .errors import HostGone, PluginError  # noqa: E402
from .handshake import Handshake  # noqa: E402
from .media_type import MediaType  # noqa: E402
from .plugin import Plugin  # noqa: E402
from .running import run  # noqa: E402

__all__ = ["Handshake", "HostGone", "MediaType", "Plugin", "PluginError", "run"]
__version__ = "0.1.0"
