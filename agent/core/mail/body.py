"""The parts of a mail → what its author says: plain or HTML chosen, history cut, sign-off found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.core.mail import flowed
from agent.core.mail.headers import UNSEEN
from agent.core.mail.html_text import HISTORY, SIGNATURE, rendered
from agent.core.mail.quoting import split
from agent.core.mail.quoting_words import folded, words
from agent.core.mail.signature import signature_at
from agent.core.model import Address, Part

MOST_CHARACTERS = 1_000_000
_MOST_LINKS = 200
_CONTROLS: dict[int, str | None] = dict.fromkeys((*range(9), *range(14, 32), 127, *range(0x80, 0xA0))) | {
    11: "\n",
    12: "\n",
    0x85: "\n",
    0x2028: "\n",
    0x2029: "\n",
}
_SPACES = dict.fromkeys((0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")
_LINK = re.compile(r"(?:https?://|tel:)[^\s<>\"'\\^`{|}]{3,2000}", re.IGNORECASE)
_TAGS = re.compile(r"<(?:html|body|div|p|br|table|span)\b", re.IGNORECASE)
_WORD = re.compile(r"\w{2,40}")


@dataclass(frozen=True, slots=True)
class Body:
    """What the author says, with the same meanings as in ``Message``."""

    text: str
    signature_at: int
    quoted: str = ""
    forwarded: str = ""
    links: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def body(parts: Iterable[Part], *, subject: str, sender: Address, answers: bool = False) -> Body:
    """The body of a mail. Plain text is preferred, unless it is empty, a stub, or hides most of what HTML shows.

    ``answers``: the header says that the mail is a reply (so does a subject with ``Re:``).
    """
    shown = _shown(parts)
    plain = _plain([p for p in shown if p.content_type == "text/plain"])
    pages = _without_twins(shown) if any(p.content_type == "text/html" for p in shown) else []
    html, addresses = _html(pages, subject, answers=answers)
    problems: list[str] = []
    chosen = plain
    if html and _says_less(plain, html):
        chosen = html
    elif html and plain and _differs(plain, html):
        problems.append("the plain and the HTML part say different things")
    cut = split(chosen, subject, answers=answers or (chosen is html and _is_marked(html)))
    text, at = _signed(cut.text, sender)
    links = tuple(dict.fromkeys([*_links(text), *addresses]))[:_MOST_LINKS]
    return Body(text, at, _unmarked(cut.quoted), _unmarked(cut.forwarded), links, tuple(problems))


def _shown(parts: Iterable[Part]) -> list[Part]:
    """The texts a mail program shows; one with a file name only where there is no other."""
    texts = [
        p
        for p in parts
        if p.text and not p.attached and not p.nested and p.content_type in {"text/plain", "text/html"}
    ]
    return [p for p in texts if not p.filename] or texts


def cleaned(text: str) -> str:
    """Text with plain line breaks and without controls or invisible characters."""
    text = text[:MOST_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)
    text = text if text.isascii() else UNSEEN.sub("", text)
    return text


def _plain(parts: Sequence[Part]) -> str:
    return "\n\n".join(
        flowed.joined(cleaned(p.text).translate(_SPACES), dict(p.parameters)).strip("\n") for p in parts
    )[:MOST_CHARACTERS]


def _without_twins(shown: Sequence[Part]) -> list[Part]:
    """The HTML parts; a plain part that has no HTML twin right behind it belongs to them."""
    return [
        part
        for index, part in enumerate(shown)
        if part.content_type == "text/html"
        or (
            part.content_type == "text/plain"
            and (index + 1 == len(shown) or shown[index + 1].content_type != "text/html")
        )
    ]


def _html(parts: Sequence[Part], subject: str, *, answers: bool) -> tuple[str, tuple[str, ...]]:
    """The text of the HTML parts, and the addresses behind the links of the author's own words."""
    texts: list[str] = []
    addresses: list[str] = []
    for part in parts:
        if part.content_type != "text/html":
            texts.append(cleaned(part.text))
            continue
        page = rendered(cleaned(part.text))
        text = UNSEEN.sub("", page.text)
        texts.append(text)
        if page.links:
            own = frozenset(split(text, subject, answers=answers or _is_marked(text)).own)
            addresses.extend(a for line, a in page.links if line in own and _LINK.fullmatch(a))
    return "\n\n".join(texts)[:MOST_CHARACTERS], tuple(addresses)


def _is_marked(html: str) -> bool:
    """``>`` in text made from HTML is no bullet: a mail program marked a quotation."""
    return html.startswith("> ") or "\n> " in html


def _says_less(plain: str, html: str) -> bool:
    """True if the plain part is no fair copy of the HTML: empty, a stub, mark-up, or a small piece of it."""
    start = plain[:2000].strip()
    if not start:
        return True
    if len(_TAGS.findall(plain[:5000])) > 4:
        return True
    if len(start) < 600 and any(
        words().stub.match(folded(line.strip()[:200])) for line in start.split("\n")[:8]
    ):
        return len(_WORD.findall(html[:5000])) > 5
    few, many = len(_WORD.findall(plain[:5000])), len(_WORD.findall(html[:20_000]))
    return few < 8 and many > 4 * few + 20


def _differs(plain: str, html: str) -> bool:
    """True if most words of the one are missing in the other (quotation counts on both sides)."""
    one, other = set(_WORD.findall(folded(plain[:20_000]))), set(_WORD.findall(folded(html[:20_000])))
    return min(len(one), len(other)) >= 12 and len(one & other) < 0.4 * min(len(one), len(other))


def _signed(text: str, sender: Address) -> tuple[str, int]:
    """The text without marks, and where its signature begins."""
    at = signature_at(text, sender)
    before = _unmarked(text[:at]).rstrip()
    behind = _unmarked(text[at:]).strip("\n")
    if not behind:
        return before, len(before)
    gap = "\n\n" if not text[:at].strip() or text[:at].endswith("\n\n") else "\n"
    whole = f"{before}{gap if before else ''}{behind}"
    return whole, len(whole) - len(behind)


def _unmarked(text: str) -> str:
    """Without the marks of ``html_text``, each of which stands on a line of its own."""
    if SIGNATURE not in text and HISTORY not in text:
        return text
    return "\n".join(line for line in text.split("\n") if line not in {SIGNATURE, HISTORY})


def _links(text: str) -> list[str]:
    """Addresses written out in the text, without the full stop or bracket behind them."""
    return [m[0].rstrip(".,;:!?)]*") for m in _LINK.finditer(text[:200_000])][:_MOST_LINKS]
