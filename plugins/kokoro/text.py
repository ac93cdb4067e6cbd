"""Cuts a text into pieces that the model speaks well. Nothing here needs more than Python itself."""

import re
from typing import Iterator, List

#: Phonemes of one piece: Kokoro takes 510, and above 400 it hurries.
LONGEST = 360
#: Characters of one sentence: looking words up in a longer one takes more and more time.
LONGEST_SENTENCE = 800

# Begins only where a row of signs begins: from each of its signs a row of thousands would take minutes.
_ENDS = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’)\]]*\s+|\n\s*\n")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Sr|Jr|St|Mt|Gen|Col|Capt|Lt|Sgt|Rev|Hon|vs|etc|e\.g|i\.e|cf|No|Nos|Fig|Vol|p|pp)"
    r"|(?:^|\s)[A-Z](?:\.[A-Z])*)\.\s+$"
)
#: Characters that the longest abbreviation may have.
_BEFORE = 32
_CLOCK = re.compile(r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)(?!\d|:\d)")


def spoken_times(text: str) -> str:
    """The time of day in words that the dictionaries know: 7:30 → 7 30, 7:05 → 7 oh 5, 7:00 → 7 o'clock."""

    def words(match: "re.Match[str]") -> str:
        hour, minute = int(match[1]), int(match[2])
        if minute == 0:
            follows = text[match.end() : match.end() + 3].strip().lower()
            return str(hour) if follows.startswith(("a", "p")) and hour <= 12 else f"{hour} o'clock"
        return f"{hour} oh {minute}" if minute < 10 else f"{hour} {minute}"

    return _CLOCK.sub(words, text)


def sentences(text: str) -> Iterator[str]:
    """What can be said of a text, sentence by sentence; very long ones in parts."""
    for sentence in _whole_sentences(text):
        for part in pieces(sentence, LONGEST_SENTENCE):
            if any(symbol.isalnum() for symbol in part):
                yield part


def _whole_sentences(text: str) -> Iterator[str]:
    begin = 0
    for end in _ENDS.finditer(text):
        so_far = text[begin : end.end()]
        if _ABBREVIATION.search(so_far[-_BEFORE:]) or text[end.end() : end.end() + 1].islower():
            continue
        yield so_far
        begin = end.end()
    yield text[begin:]


def pieces(symbols: str, longest: int = LONGEST) -> List[str]:
    """Phonemes, or a text, in pieces of at most ``longest``, cut behind a sign where there is one, else at a space."""
    left = symbols.strip()
    found = []
    while len(left) > longest:
        # One more: a space that follows the last symbol that fits is a good place, too.
        window = left[: longest + 1]
        cut = max((window.rfind(sign, longest // 4, longest) + 1 for sign in ".!?…;:—,"), default=0)
        if cut == 0:
            cut = window.rfind(" ")
        if cut <= 0:
            cut = longest
        found.append(left[:cut].strip())
        left = left[cut:].strip()
    return [piece for piece in [*found, left] if piece]
