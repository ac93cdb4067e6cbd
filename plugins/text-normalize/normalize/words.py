"""Where words and sentences end."""

from __future__ import annotations

import re
import unicodedata
from typing import Optional, Tuple

from .characters import SOFT_HYPHEN

_CLOSERS = "\"'”’»›)]}_*="
_OPENERS = " \"'“‘«‹„‚([{_*=¿¡—–-"
_ENDS = ".!?…:‽。！？؟।"
# “pre- and post-war”: the hyphen stands for a word that follows.
_CONJUNCTIONS = frozenset("and or to und oder bis et ou y o e en of och og".split())
# First parts of compounds that are rarely syllables of a longer word.
_COMPOUNDING = frozenset(
    "well self half quasi twenty thirty forty fifty sixty seventy eighty ninety".split()
)
_WORD = re.compile(r"[^\W\d_]+")


def width(text: str) -> int:
    """Columns: Chinese, Japanese and Korean letters take two."""
    if text.isascii():
        return len(text)
    return len(text) + sum(unicodedata.east_asian_width(char) in "WF" for char in text)


def ends_sentence(text: str) -> bool:
    bare = text.rstrip(_CLOSERS)
    return bare != "" and bare[-1] in _ENDS


def continues(text: str) -> bool:
    """Whether the line begins as the middle of a sentence does; in scripts without capitals, with any letter."""
    bare = text.lstrip(_OPENERS)
    return bare != "" and bare[0].isalpha() and not bare[0].isupper() and not bare[0].istitle()


def is_wide(char: str) -> bool:
    """Letters and marks of scripts that put no spaces between words. Korean does."""
    return unicodedata.east_asian_width(char) in "WF" and not "\uac00" <= char <= "\ud7a3"


def is_divided(line: str) -> bool:
    """Whether the line's last word may go on in the next."""
    return line.endswith(("-", SOFT_HYPHEN, "¬"))


def divided(left: str, right: str) -> Optional[Tuple[int, str]]:
    """How to rejoin a word or a compound that goes over a line's end; None when none does.

    Returns how many characters of ``left`` to cut, and what to put between.
    """
    if left.endswith((SOFT_HYPHEN, "¬")):
        return 1, ""
    if left.endswith(("--", "—")):
        return 0, "" if len(left.rstrip("-—")) and not left.rstrip("-—").endswith(" ") else " "
    if not left.endswith("-") or len(left) < 2 or not left[-2].isalnum():
        return None
    stem = left.split(" ")[-1][:-1].lstrip(_OPENERS)
    if not right[:1].islower():
        # “Anglo-Saxon”, “1914-1918”; but a dash before a quotation is a dash.
        return (0, "") if right[:1].isalnum() else None
    match = _WORD.match(right)
    rest = match.group() if match else ""
    if rest in _CONJUNCTIONS:
        return 0, " "
    compound = (
        "-" in stem
        or right[len(rest) : len(rest) + 1] == "-"
        or len(stem) == 1
        or not stem.isalpha()
        or (stem.isupper() and len(stem) > 1)
        or (stem.lower() in _COMPOUNDING and not (stem.lower() == "self" and rest.startswith("ish")))
    )
    return (0, "") if compound else (1, "")
