"""Cleans text for speech. What is done, and in which order, is in normalize/stream.py."""

import sys
from pathlib import Path

# Compiled modules would be new files in the plugin's folder, which must stay as it is.
sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "sdk" / "python"))

from voxloom_plugin import Plugin, run  # noqa: E402

from normalize.options import Options  # noqa: E402
from normalize.stream import Normalizer  # noqa: E402


def main(plugin: Plugin) -> None:
    normalizer = Normalizer(Options.read(plugin.config))
    for text in plugin.text():
        plugin.write_text(normalizer.feed(text))
    plugin.write_text(normalizer.finish())


if __name__ == "__main__":
    run(main)
