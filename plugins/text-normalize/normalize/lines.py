"""Text as lines, in bounded memory."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Iterator

LIMIT = 65_536
"""Characters that are held of a line, and of a paragraph."""


@dataclass(frozen=True)
class Line:
    """``text`` has no spaces at its ends. ``indent`` counts those that were before it.

    ``end`` is ``\\n``; or, where a line over the limit was cut, the space at the cut, or nothing.
    """

    text: str
    indent: int
    end: str = "\n"


class LineSplitter:
    def __init__(self) -> None:
        self._begun = ""

    def feed(self, text: str) -> Iterator[Line]:
        *whole, rest = text.split("\n")
        for part in whole:
            yield from self._add(part)
            yield self._take(len(self._begun), "\n")
        yield from self._add(rest)

    def finish(self) -> Iterator[Line]:
        if self._begun:
            yield self._take(len(self._begun), "\n")

    def _add(self, text: str) -> Iterator[Line]:
        self._begun += text
        # Where it is cut depends on nothing behind the limit, so slices make no difference.
        while len(self._begun) > LIMIT:
            space = self._begun.rfind(" ", 0, LIMIT)
            if space > 0:
                yield self._take(space, " ")
                continue
            at = LIMIT
            while at > LIMIT - 32 and unicodedata.combining(self._begun[at]):
                at -= 1
            yield self._take(at, "")

    def _take(self, length: int, end: str) -> Line:
        taken, self._begun = self._begun[:length], self._begun[length:]
        bare = taken.lstrip(" ")
        return Line(bare.rstrip(" "), len(taken) - len(bare), end)
