"""From slices of text to clean paragraphs.

The order: characters one by one; lines; lines that belong to the page are dropped; blocks between blank lines; the
lines of a block joined; marks inside it. No more than one block is held, and never more than ``LIMIT`` characters of it
and one line.
"""

from __future__ import annotations

from typing import Iterable, List, Optional

from .characters import PAGE, CharacterFilter
from .inline import clean_inline
from .lines import LIMIT, Line, LineSplitter
from .options import Options
from .pages import RunningHeads, is_bare_number, is_break, is_marked_number
from .unwrap import PARAGRAPH, join_lines
from .words import continues, ends_sentence, is_divided, width

# Narrower lines are not the column of a page, so a number between two of them may be theirs.
_COLUMN = 40


class Normalizer:
    """Give it text with ``feed``, in slices of any length, then call ``finish``. Both return what is ready."""

    def __init__(self, options: Options = Options()) -> None:
        self._options = options
        self._characters = CharacterFilter()
        self._splitter = LineSplitter()
        self._heads = RunningHeads()
        self._block: List[Line] = []
        self._held = 0
        self._gap = True
        self._page = self._feed = False
        self._number: Optional[Line] = None
        self._number_gap = False
        self._counting = False
        self._inside_line = False
        self._before = ""
        self._begun = False
        self._ready: List[str] = []

    def feed(self, text: str) -> str:
        return self._lines(self._splitter.feed(self._characters.feed(text)))

    def finish(self) -> str:
        ready = self._lines(self._splitter.feed(self._characters.feed("", last=True)))
        ready += self._lines(self._splitter.finish())
        if self._number is not None and not self._number_gap:
            self._add(self._number)
        self._flush()
        return ready + self._take() + ("\n" if self._begun else "")

    def _lines(self, lines: Iterable[Line]) -> str:
        for line in lines:
            # The rest of a line that was cut is no line of its own.
            if self._inside_line:
                if line.text:
                    self._add(line)
            else:
                self._line(line)
            self._inside_line = line.end != "\n"
        return self._take()

    def _take(self) -> str:
        ready, self._ready = "".join(self._ready), []
        return ready

    def _line(self, line: Line) -> None:
        if line.text == "" or line.text == PAGE:
            if line.end == "\n":
                self._blank(line.text == PAGE)
        elif is_break(line.text):
            self._settle_number(kept=False)
            self._flush()
            self._gap, self._page, self._feed = True, False, False
        elif self._options.footnotes and is_marked_number(line.text):
            self._settle_number(kept=False)
            self._page = True
        elif self._options.footnotes and is_bare_number(line.text):
            self._bare_number(line)
        else:
            self._settle_number(kept=False)
            self._counting = False
            self._text(line)

    def _blank(self, page: bool) -> None:
        self._page = self._page or page
        self._feed = self._feed or page
        self._gap = True
        if not self._block:
            self._before = PARAGRAPH if self._begun else ""
        # What ends in mid-sentence may go on behind a page's number.
        elif not self._options.unwrap or ends_sentence(self._block[-1].text):
            self._flush()

    def _bare_number(self, line: Line) -> None:
        """A page's number, unless others are beside it: then they are what the text is."""
        if self._number is not None:
            self._settle_number(kept=True)
            self._counting = True
        column = not self._block or self._gap or width(self._block[-1].text) >= _COLUMN
        if self._counting or not (self._begun or self._block) or not column:
            self._text(line)
        else:
            self._number, self._number_gap = line, self._gap

    def _settle_number(self, kept: bool) -> None:
        number, self._number = self._number, None
        if number is None:
            return
        if kept:
            self._text(number)
        else:
            self._page = True

    def _text(self, line: Line) -> None:
        before = self._block[-1].text if self._block else ""
        interrupts = before != "" and not ends_sentence(before)
        if self._options.footnotes and (self._gap or self._page):
            if self._heads.is_head(line.text, self._page, self._feed, interrupts):
                self._page = True
                return
        goes_on = self._page and interrupts and (continues(line.text) or is_divided(before)) and self._options.unwrap
        if self._block and not goes_on and (self._gap or self._page):
            if self._gap or ends_sentence(before):
                self._flush()
        self._add(line)

    def _add(self, line: Line) -> None:
        self._block.append(line)
        self._held += len(line.text) + 1
        self._gap = self._page = self._feed = False
        if line.end != "\n":
            self._flush(then=line.end)
        elif self._held > LIMIT:
            # A word that is divided here stays whole.
            last = self._block.pop() if is_divided(line.text) and len(self._block) > 1 else None
            self._flush(then=" " if self._options.unwrap else "\n")
            if last is not None:
                self._block, self._held = [last], len(last.text) + 1

    def _flush(self, then: str = PARAGRAPH) -> None:
        """Writes the block. ``then`` is what comes between it and the next."""
        if self._block:
            text = clean_inline(join_lines(self._block, self._options.unwrap), self._options)
            self._block, self._held = [], 0
            if text:
                self._ready += [self._before if self._begun else "", text]
                self._begun = True
                self._before = then
                return
        if then == PARAGRAPH:
            self._before = PARAGRAPH
