"""Stop sequences, for language models that know none."""

from __future__ import annotations

from typing import List, Optional


class StopAt:
    """Cuts a reply before the first of ``sequences``, though one may come in pieces."""

    def __init__(self, sequences: List[str]) -> None:
        self._sequences = [sequence for sequence in sequences if sequence]
        self._held = ""
        self.ended = False

    def whole(self, text: str) -> str:
        places = [text.find(sequence) for sequence in self._sequences]
        found = [place for place in places if place >= 0]
        return text[: min(found)] if found else text

    def piece(self, text: str) -> Optional[str]:
        """What of the reply is sure by now; None for nothing yet."""
        text = self._held + text
        kept = self.whole(text)
        if len(kept) < len(text):
            self.ended, self._held = True, ""
            return kept or None
        held = max((_begun(text, sequence) for sequence in self._sequences), default=0)
        sure = len(text) - held
        self._held = text[sure:]
        return text[:sure] or None

    def rest(self) -> Optional[str]:
        """What was held back and turned out to be no stop."""
        held, self._held = self._held, ""
        return held or None


def _begun(text: str, sequence: str) -> int:
    """Characters at the end of ``text`` with which ``sequence`` may begin."""
    for length in range(min(len(text), len(sequence) - 1), 0, -1):
        if text.endswith(sequence[:length]):
            return length
    return 0
