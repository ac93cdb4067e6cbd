"""Web and e-mail addresses. While a text is cleaned, one character stands for each, so that nothing else changes it."""

from __future__ import annotations

import re
from typing import List, Tuple

# Private characters: the text has none of its own by now.
_FIRST = 0xF0000
_MARK = "[\U000f0000-\U000ffffd]"

_ADDRESS = r"(?:(?:https?|ftp)://|www\.(?=[\w-]+\.))[!#-;=?-~\u00a1-\u024f]+"
_MAIL = r"(?:mailto:)?(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
_ANY = re.compile(rf"{_ADDRESS}|{_MAIL}", re.IGNORECASE)
# A link to a web page, a file or a heading. Not [Nguyen](/wˈɪn/), which says how a word is spoken.
_TARGET = (
    r"(?:(?:https?|ftp)://|mailto:|www\.)[^\s()]+(?:\([^\s()]*\)[^\s()]*)*"
    r"|#[^\s()]*|[^\s()]{1,300}?\.(?:md|html?|png|jpe?g|gif|svg|webp|pdf)(?:#[^\s()]*)?"
)
_MARKDOWN = re.compile(rf"!?\[([^\[\]\n]{{1,300}})\]\(\s*<?(?:{_TARGET})>?(?:\s+\"[^\"\n]*\")?\s*\)", re.IGNORECASE)
_ANGLED = re.compile(rf"<({_MARK})>")
_DROPPED = re.compile(rf"\s*(?:\(\s*{_MARK}\s*\)|\[\s*{_MARK}\s*\]|{_MARK})")
_SAID = re.compile(rf"(\blinks?\s+to\s+|\be-?mail\s+address\s+(?:at\s+|is\s+)?)?({_MARK})", re.IGNORECASE)
_PAIRS = {")": "(", "]": "[", "}": "{"}


def hide_links(text: str, mode: str) -> Tuple[str, List[str]]:
    """The text with a mark for each address, and the addresses."""
    if mode != "keep":
        text = _MARKDOWN.sub(r"\1", text)
    links: List[str] = []

    def hide(match: "re.Match[str]") -> str:
        link = _without_tail(match.group())
        links.append(link)
        return chr(_FIRST + len(links) - 1) + match.group()[len(link) :]

    text = _ANY.sub(hide, text)
    return (text if mode == "keep" else _ANGLED.sub(r"\1", text)), links


def show_links(text: str, links: List[str], mode: str) -> str:
    """The text with its addresses as ``mode`` asks: keep, say or drop."""
    if not links:
        return text
    if mode == "drop":
        return _DROPPED.sub("", text)

    def show(match: "re.Match[str]") -> str:
        before, link = match.group(1) or "", links[ord(match.group(2)) - _FIRST]
        return before + (link if mode == "keep" else _said(link, before != ""))

    return _SAID.sub(show, text)


def _said(link: str, introduced: bool) -> str:
    if "://" not in link and "@" in link:
        host, words = link.rsplit("@", 1)[1], "an e-mail address at "
    else:
        host = re.split(r"[/?#]", link.split("://", 1)[-1], maxsplit=1)[0].rsplit("@", 1)[-1]
        host, words = re.sub(r":\d+\Z", "", host), "a link to "
    host = host[4:] if host.lower().startswith("www.") else host
    return host if introduced else words + host


def _without_tail(link: str) -> str:
    """Marks at the end belong to the sentence; a bracket does when it was not opened inside."""
    while link:
        last = link[-1]
        if last in ".,;:!?'\"’”»*_" or (last in _PAIRS and link.count(_PAIRS[last]) < link.count(last)):
            link = link[:-1]
        else:
            break
    return link
