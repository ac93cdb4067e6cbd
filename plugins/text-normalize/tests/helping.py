"""Runs the normaliser in this process."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from normalize.options import Options  # noqa: E402
from normalize.stream import Normalizer  # noqa: E402


def clean(text: str, size: int = 0, **options: Any) -> str:
    """The text cleaned, given in slices of ``size`` characters, or whole."""
    normalizer = Normalizer(Options(**options))
    step = size or max(1, len(text))
    ready = [normalizer.feed(text[at : at + step]) for at in range(0, len(text), step)]
    return "".join(ready) + normalizer.finish()
