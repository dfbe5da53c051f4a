"""What a mail hides from its reader: inline styles, attributes, and classes of its style sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_LONGEST_STYLE = 200_000
_MOST_RULES = 2_000
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_SELECTOR = re.compile(r"(?:[a-z][a-z0-9]*)?([.#][\w-]{1,100})", re.IGNORECASE)
# Zero counts only as a whole number: "0.9em" and "font-size:0;line-height" differ.
_ZERO = r"0(?:\.0+)?(?:px|pt|em|rem|%|in)?\s*(?:!important)?\s*(?:;|$)"
_HIDING = re.compile(
    rf"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    rf"|(?<![\w-])opacity\s*:\s*{_ZERO}|(?<![\w-])font-size\s*:\s*{_ZERO}|max-height\s*:\s*{_ZERO}|max-width\s*:\s*{_ZERO}",
    re.IGNORECASE,
)


def hides(style: str) -> bool:
    """True if these declarations make an element invisible."""
    return ":" in style and bool(_HIDING.search(style[:4000]))


def hidden_by_attributes(name: str, attributes: Mapping[str, str], hidden: frozenset[str]) -> bool:
    """True if an element is invisible by its own attributes or by a rule for its class or id."""
    if not attributes:
        return False
    if "hidden" in attributes or (name == "input" and attributes.get("type") == "hidden"):
        return True
    if hides(attributes.get("style", "")):
        return True
    if not hidden:
        return False
    return f"#{attributes.get('id', '')}" in hidden or any(
        f".{c}" in hidden for c in attributes.get("class", "").split()[:50]
    )


def hidden_selectors(html: str) -> frozenset[str]:
    """The ``.class`` and ``#id`` selectors that style sheets hide everywhere, not just on some screens."""
    hidden: set[str] = set()
    for sheet in _sheets(html):
        for selectors, declarations in _rules(sheet):
            if hides(declarations):
                hidden.update(
                    m[1] for s in selectors.split(",")[:100] if (m := _SELECTOR.fullmatch(s.strip()))
                )
    return frozenset(hidden)


def _sheets(html: str) -> Iterator[str]:
    at, room = 0, _LONGEST_STYLE
    lowered = html.lower() if "<style" in html[:MOST_SEARCHED].lower() else ""
    while room > 0 and (start := lowered.find("<style", at)) >= 0:
        begin = lowered.find(">", start)
        end = lowered.find("</style", begin)
        if begin < 0 or end < 0:
            return
        yield html[begin + 1 : min(end, begin + 1 + room)]
        room -= end - begin
        at = end


MOST_SEARCHED = 1_000_000


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """(selectors, declarations) outside of every at-rule: media queries hide for some readers only."""
    sheet = _COMMENT.sub("", sheet).replace("<!--", "").replace("-->", "")
    at = 0
    for _ in range(_MOST_RULES):
        brace = sheet.find("{", at)
        if brace < 0:
            return
        selectors = sheet[at:brace].rpartition(";")[2].strip()
        end = _block_end(sheet, brace) if selectors.startswith("@") else sheet.find("}", brace)
        if end < 0:
            return
        if not selectors.startswith("@"):
            yield selectors[:5000], sheet[brace + 1 : end]
        at = end + 1


_BRACE = re.compile(r"[{}]")


def _block_end(sheet: str, brace: int) -> int:
    """The brace that closes an at-rule."""
    depth = 0
    for found in _BRACE.finditer(sheet, brace):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return found.start()
    return -1
