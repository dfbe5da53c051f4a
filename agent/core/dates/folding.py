"""Text in the form the lexicon is compared with: lower case, no accents, straight quotes; every offset stays."""

from __future__ import annotations

import re
import unicodedata


def _base(code: int) -> str | None:
    parts = unicodedata.normalize("NFKD", chr(code).lower())
    kept = "".join(c for c in parts if not unicodedata.combining(c))
    return kept if len(kept) == 1 and kept != chr(code) else None


_TABLE = {code: base for code in range(0xA0, 0x250) if (base := _base(code)) is not None}
_TABLE |= {ord(c): "'" for c in "\u2019\u2018\u02bc`\u00b4\u2032"}
_TABLE |= {ord(c): " " for c in "\u00a0\u202f\u2009\u200b\u200c\u200d\ufeff\u00ad\t\r\n\u2026"}
_TABLE |= {ord("\u00ba"): "\u00ba", ord("\u00aa"): "\u00aa"}


_COMMA = re.compile(r",(?!\d)")


def folded(text: str) -> str:
    """The same number of characters, in lower case, without accents; commas (but in 1,000) and odd spaces become spaces."""
    low = text.lower()
    if len(low) != len(text):  # "İ" and its like grow
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return _COMMA.sub(" ", low.translate(_TABLE))


def unaccented(pattern: str) -> str:
    """A regular expression of the lexicon in the folded alphabet; its letters keep their case, for they mean something."""
    return pattern.translate(_TABLE)
