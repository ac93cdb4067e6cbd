"""Characters that are there for the eye, or by accident."""

from __future__ import annotations

import io
import re
import unicodedata
from typing import Dict, Optional

SOFT_HYPHEN = "\u00ad"
PAGE = "\f"

# Word and Acrobat draw bullets with characters that have no meaning elsewhere.
_PRIVATE_BULLETS = "\uf0b7\uf0a7\uf076\uf0d8"
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff\U000e0000-\U000e007f]")

# Joiners shape letters in the scripts of the Middle East and India, and hold emoji together. Elsewhere they are noise.
_JOINER = re.compile("(?<![\u0600-\u17ff\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]")


def _table() -> Dict[int, Optional[str]]:
    table: Dict[int, Optional[str]] = {}
    for code in range(0x3001):
        category = unicodedata.category(chr(code))
        if category == "Cc":
            table[code] = None
        elif category == "Zs":
            table[code] = " "
    for code in (0xFEFF, 0x200B, 0x200E, 0x200F, 0x061C, 0x180E, 0xFFFC, *range(0x202A, 0x202F), *range(0x2060, 0x2070)):
        table[code] = None
    for code in range(0xFFF9, 0xFFFC):
        table[code] = None
    # Ligatures of Latin and Armenian, and the shaped Arabic letters that PDFs hold.
    for first, last in ((0xFB00, 0xFB17), (0xFB50, 0xFDFB), (0xFE70, 0xFEFC)):
        for code in range(first, last + 1):
            plain = unicodedata.normalize("NFKC", chr(code))
            if plain != chr(code):
                table[code] = plain
    table.update({ord("ſ"): "s", ord("‐"): "-", ord("‑"): "-", ord("\t"): "    ", ord("\n"): "\n"})
    # Everything that ends a line, a paragraph or a page.
    table.update({0x0B: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n\n", 0x0C: "\n" + PAGE + "\n"})
    table.update({ord(bullet): "•" for bullet in _PRIVATE_BULLETS})
    return table


_TABLE = _table()


class CharacterFilter:
    """Characters one by one, so that it doesn't matter how the text is sliced."""

    def __init__(self) -> None:
        self._ends = io.IncrementalNewlineDecoder(None, translate=True)

    def feed(self, text: str, last: bool = False) -> str:
        """Text with ``\\n`` as its only line end, and ``\\f`` alone on a line where a page begins."""
        return _PRIVATE.sub("", self._ends.decode(text, last).translate(_TABLE))


def compose(text: str) -> str:
    """The last step, which needs neighbours: no soft hyphens, no stray joiners, one code point a letter (NFC)."""
    return unicodedata.normalize("NFC", _JOINER.sub("", text.replace(SOFT_HYPHEN, "")))
