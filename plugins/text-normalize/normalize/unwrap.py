"""Lines of one block, made into paragraphs."""

from __future__ import annotations

import re
from typing import List, Optional, Sequence, Tuple

from .lines import Line
from .words import continues, divided, ends_sentence, is_wide, width

PARAGRAPH = "\n\n"
# Nobody wraps by hand beyond this column: a longer line is a paragraph of its own.
_WRAPPED = 110
# Below it, lines that begin with a capital are an address, a poem or a list.
_NARROW = 40
# A line that is shorter than this part of the widest had room for the next word.
_ROOM = 0.72

_BULLET = re.compile(r"[•‣◦▪▫●○■□∙⁃·]\s*(?=\S)")
_WEAK_BULLET = re.compile(r"[*+-]\s+(?=\S)")
_HEADING = re.compile(r"#{1,6}\s+(?=\S)")
_NUMBERED = re.compile(r"\(?(\d{1,3})[.)]\s+\S")


def join_lines(lines: Sequence[Line], unwrap: bool) -> str:
    """The block as text. Paragraphs have a blank line between; lines that stay lines have a line end."""
    starts, texts, headings = _items(lines)
    if not unwrap:
        return "\n".join(texts)
    widths = [width(text) for text in texts]
    widest = max((one for one in widths if one <= _WRAPPED), default=0)
    verse = len(texts) > 2 and not any(continues(text) for text in texts[1:]) and not any(starts)
    pieces = [texts[0]]
    for at in range(1, len(texts)):
        left, right = texts[at - 1], texts[at]
        cut, between = 0, PARAGRAPH
        if not (starts[at] or headings[at] or headings[at - 1]):
            indented = lines[at].indent >= lines[at - 1].indent + 2
            cut, between = _border(left, right, widths[at - 1], widest, verse, indented)
        if cut:
            pieces[-1] = pieces[-1][:-cut]
        pieces += [between, right]
    return "".join(pieces)


def _border(left: str, right: str, wide: int, widest: int, verse: bool, indented: bool) -> Tuple[int, str]:
    """How many characters of ``left`` to cut, and what comes between."""
    word = divided(left, right)
    if word is not None:
        return word
    if continues(right):
        return 0, "" if is_wide(left[-1]) and is_wide(right[0]) else " "
    if wide > _WRAPPED:
        return 0, PARAGRAPH
    ended = ends_sentence(left)
    if is_capitals(left) != is_capitals(right) and (ended or is_capitals(left)):
        return 0, PARAGRAPH
    # The second: a turn in a dialogue, as in French and Spanish.
    if ended and (indented or right.startswith(("—", "– ", "― "))):
        return 0, PARAGRAPH
    if verse:
        return 0, "\n"
    if wide + 1 + width(right.split(" ", 1)[0]) <= _ROOM * widest:
        return 0, PARAGRAPH if ended else "\n"
    if widest < _NARROW:
        return 0, "\n"
    return 0, "" if is_wide(left[-1]) and is_wide(right[0]) else " "


def is_capitals(text: str) -> bool:
    """A heading in capitals."""
    return text.isupper() and len(text) <= 60 and sum(char.isalpha() for char in text) > 1


def _items(lines: Sequence[Line]) -> Tuple[List[bool], List[str], List[bool]]:
    """Which lines begin an item of a list, the lines without their bullets, and which are headings.

    A hyphen or a number may begin a line of a sentence by chance, so these need a list around them.
    """
    starts, texts, headings = [], [], []
    listed = False
    number: Optional[int] = None
    before = ":"
    for line in lines:
        text = line.text
        opening = before.endswith(":") or listed
        start = False
        bullet = _BULLET.match(text) or (_WEAK_BULLET.match(text) if opening or ends_sentence(before) else None)
        counted = _NUMBERED.match(text)
        heading = _HEADING.match(text)
        if bullet:
            text, start, listed = text[bullet.end() :], True, True
        elif counted and (before.endswith(":") or int(counted.group(1)) == (number if number is not None else -2) + 1):
            number, start = int(counted.group(1)), True
        elif heading:
            text = text[heading.end() :]
        starts.append(start)
        texts.append(text)
        headings.append(heading is not None and not bullet)
        before = text
    return starts, texts, headings
