"""``python -m plugins._host``."""

from __future__ import annotations

import os
import sys

# The folder in which it was started comes last: a plugin's own queue.py is not Python's.
if sys.path and sys.path[0] in ("", os.getcwd()):
    sys.path.append(sys.path.pop(0))

import faulthandler  # noqa: E402
import logging  # noqa: E402

from .arguments import parse_arguments  # noqa: E402


def main() -> None:
    arguments = parse_arguments()
    # Only now: --help and what is wrong with the arguments belong on the terminal.
    from voxloom_plugin.descriptors import take_descriptors

    descriptors = take_descriptors()
    faulthandler.enable(2)
    logging.basicConfig(stream=sys.stderr, level=arguments.log_level, format="%(levelname)s %(name)s: %(message)s")
    if arguments.install_deps:
        from .install import install_command

        sys.exit(install_command(arguments, descriptors[1]))
    if arguments.plugin:
        from .manifest import read_manifest
        from .protocol import PluginError
        from .serve import serve

        try:
            manifest = read_manifest(arguments.plugin)
        except PluginError as error:
            sys.exit(error.message)
        serve(manifest, descriptors)
    from .sync import sync_mode

    sys.exit(sync_mode(arguments, descriptors))


if __name__ == "__main__":
    main()
