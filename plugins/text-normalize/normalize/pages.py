"""Lines that belong to the page and not to the text."""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import Optional, Tuple

_BREAK = re.compile(r"[*#~=_\-–—―•·⁂….§◆◇■□●○❖❦☙❧✦✶✻+| ]+\Z")
_ROMAN = r"(?=[ivxl])(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})"
_BARE_NUMBER = re.compile(rf"(?:\d{{1,4}}|{_ROMAN})\Z")
_MARKED_NUMBER = re.compile(
    r"(?:[-–—]\s*\d{1,4}\s*[-–—]"
    rf"|[\[{{]\s*(?:(?:pg\.?|page|p\.)\s*)?(?:\d{{1,4}}|{_ROMAN})\s*[\]}}]"
    r"|(?:page|pg\.|p\.|seite|página|pagina)\s*\d{1,4}(?:\s*(?:of|/|von|de|di)\s*\d{1,4})?"
    r"|\[(?:blank page|illustration)\.?\])\Z",
    re.IGNORECASE,
)
_NUMBER_FIRST = re.compile(r"(\d{1,4})[ |·•–—]+([^\W\d_].{0,59})\Z")
_NUMBER_LAST = re.compile(r"([^\W\d_].{0,59}?)[ |·•–—]+(\d{1,4})\Z")
# “CHAPTER 12” is a heading, though it looks like a running head with its page's number.
_PARTS = frozenset(
    "chapter part book section act scene volume vol letter canto stave appendix lesson unit day week year figure fig "
    "table kapitel teil buch chapitre partie livre tome capítulo capitulo parte libro capitolo hoofdstuk deel".split()
)
_HEADS = 64


def is_break(text: str) -> bool:
    """A row of marks, such as ``* * *`` or ``-----``, that parts scenes or underlines a heading."""
    return text != "" and _BREAK.match(text) is not None


def is_bare_number(text: str) -> bool:
    return _BARE_NUMBER.match(text) is not None


def is_marked_number(text: str) -> bool:
    """A page's number that can be nothing else: ``- 12 -``, ``[Pg 12]``, ``Page 3 of 20``."""
    return _MARKED_NUMBER.match(text) is not None


class RunningHeads:
    """Remembers titles at the top of pages: the last 64."""

    def __init__(self) -> None:
        self._seen: "OrderedDict[str, Optional[int]]" = OrderedDict()

    def is_head(self, text: str, page: bool, feed: bool, interrupts: bool) -> bool:
        """Whether a line that begins a block is a running head.

        page: whether a page's number was just dropped, or (feed) a form feed was here. interrupts: whether the text
        before it is in the middle of a sentence.
        """
        title, number, first = _take_apart(text)
        words = title.split()
        if not words or len(title) > 60 or title[-1] in ".!?:;," or words[0].lower().rstrip(".") in _PARTS:
            return False
        if not all(word[0].isupper() or not word[0].isalpha() for word in words if len(word) > 3) or not title[0].isupper():
            return False
        key = title.casefold()
        known = key in self._seen
        before = self._seen.get(key)
        if page or number is not None:
            self._seen[key] = number
            self._seen.move_to_end(key)
            if len(self._seen) > _HEADS:
                self._seen.popitem(last=False)
        if page and known:
            return True
        plain = first or (len(words) > 1 and title.isupper())
        if feed and number is not None and plain:
            return True
        # Without a page's border in sight, the same title must come with a higher number.
        counts = known and before is not None and number is not None and number > before
        return counts and len(words) > 1 and title.isupper() and (first or interrupts)


def _take_apart(text: str) -> Tuple[str, Optional[int], bool]:
    """Title, page number, and whether the number came first."""
    match = _NUMBER_FIRST.match(text)
    if match:
        return match.group(2).strip(), int(match.group(1)), True
    match = _NUMBER_LAST.match(text)
    if match:
        return match.group(1).strip(), int(match.group(2)), False
    return text, None, False
