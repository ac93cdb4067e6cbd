"""Marks inside a paragraph."""

from __future__ import annotations

import re

from .characters import compose
from .links import hide_links, show_links
from .options import Options

_FOOTNOTES = [
    # [1], [1, 2], [3–5]; also the ends of Wikipedia's sentences.
    re.compile(r" ?\[\d{1,3}(?:\s*[,–-]\s*\d{1,3})*\](?!\()"),
    re.compile(r" ?\[(?:citation needed|clarification needed|who\?|when\?|edit|(?:note|nb|n) \d{1,3})\]", re.IGNORECASE),
    re.compile(r"(?<=[^\s(])\[[A-Z*†‡§]\](?![\w(])"),
    re.compile(r"(?<=[.,;:!?”\"’)])\[[a-z]\](?![\w(])"),
    # Not after one to three letters: m², km³ and mc² are said.
    re.compile(r"(?<=[^\W\d_⁰¹²³⁴-⁹]{4})[⁰¹²³⁴-⁹]+(?!\w)"),
    re.compile(r"(?<=[.,;:!?”\"’)])[⁰¹²³⁴-⁹]+(?!\w)"),
    re.compile(r"(?<=[^\W\d_])[*†‡]+(?=[\s.,;:!?)]|\Z)"),
    re.compile(r"(?<=[.,;:!?])[*†‡]+(?=\s|\Z)"),
    re.compile(r"^[†‡]+ ?", re.MULTILINE),
    re.compile(r" ?[\[{](?:pg|page|p\.)\.? ?\d{1,4}[\]}]", re.IGNORECASE),
]
_EMPHASIS = [
    re.compile(r"(?<![\w_])_{1,3}(?=[^\s_])([^_]+?)(?<=\S)_{1,3}(?![\w_])"),
    re.compile(r"(?<![\w*])\*{1,3}(?=[^\s*])([^*]+?)(?<=\S)\*{1,3}(?![\w*])"),
    re.compile(r"(?<![\w=])=(?=[^\s=])([^=]+?)(?<=\S)=(?![\w=])"),
]
# Emphasis that began or ends in another paragraph; inside a word it is no emphasis.
_LONE_UNDERSCORES = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")
_STRAIGHT = str.maketrans(
    {**dict.fromkeys("“”„‟«»″〝〞", '"'), **dict.fromkeys("‘’‚‛‹›′", "'"), "–": "-", "‒": "-", "—": "--", "―": "--"}
)
_LEADERS = re.compile(r"(?:[ .·]\.|\.[ ·]){2}[ .]*\.[ .]*(?=\d+(?:\n|\Z))|\.{5,} *(?=\d+(?:\n|\Z))")
_PUNCTUATION = [
    (_LEADERS, ", "),
    (re.compile(r"(?<=\S) ?\.(?: \.){2,}"), "..."),
    (re.compile(r"\.(?: ?\.){2,}"), "..."),
    (re.compile(r"…{2,}|…\.+"), "…"),
    (re.compile(r"(?:-{2,}|[—―]{2,})"), "—"),
    (re.compile(r"!{2,}"), "!"),
    (re.compile(r"\?{2,}"), "?"),
    (re.compile(r"(?:!\?|\?!)[!?]+"), "?!"),
    (re.compile(r"(?<=\S)([,;:])\1+"), r"\1"),
]
_SPACES = re.compile(r"[ ]{2,}")
_LINE_ENDS = re.compile(r" ?(\n+) ?")


def clean_inline(text: str, options: Options) -> str:
    """One block, as ``join_lines`` makes it. May be empty afterwards."""
    text, links = hide_links(compose(text), options.links)
    if options.emphasis:
        for mark in _EMPHASIS:
            text = mark.sub(r"\1", text)
        text = _LONE_UNDERSCORES.sub("", text)
    if options.footnotes:
        for mark in _FOOTNOTES:
            text = mark.sub("", text)
    text = _SPACES.sub(" ", text)
    for pattern, plain in _PUNCTUATION:
        text = pattern.sub(plain, text)
    if options.quotes == "straight":
        text = text.translate(_STRAIGHT)
    text = _SPACES.sub(" ", show_links(text, links, options.links))
    text = _LINE_ENDS.sub(lambda match: "\n" if len(match.group(1)) == 1 else "\n\n", text)
    paragraphs = (part.strip(" \n") for part in text.split("\n\n"))
    return "\n\n".join(part for part in paragraphs if any(not _is_mark(char) for char in part))


def _is_mark(char: str) -> bool:
    return char in " \n.,;:!?…-–—\"'“”‘’()[]"
