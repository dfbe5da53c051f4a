"""What Gmail itself found out about a sender: the topmost ``Authentication-Results`` of Gmail's own (RFC 8601).

Only Gmail's verdict counts. Whoever writes a mail can write such a header too, but not above the one that Gmail puts on
top when it takes the mail in; and words in comments and quoted strings are the sender's, not Gmail's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

GMAIL = "mx.google.com"  # Gmail's authserv-id
_LONGEST = 4_000
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|\\.|[();]|[^"\\();]++', re.DOTALL)
_METHOD = re.compile(r"^\s*(dmarc|spf|dkim)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)(.*)$", re.DOTALL)
_SIGNER = re.compile(r"\bheader\.(?:i|d)\s*=\s*(?:[^\s@]{0,300}@)?([\w.-]{1,300})")


def failed(headers: Iterable[tuple[str, str]], domain: str) -> bool:
    """True if Gmail found that the mail is not from ``domain`` (that of From); False if it is, or if nobody looked.

    DMARC decides where there is a policy. Without one: SPF failed and no signature of that domain stands. So what was
    merely forwarded (SPF broken, signature whole) passes, and old mail without the header is neither good nor bad.
    """
    results = _results(headers)
    dmarc = {result for method, result, _ in results if method == "dmarc"}
    if "fail" in dmarc:
        return True
    if "pass" in dmarc or any(m == "dkim" and r == "pass" and _aligned(x, domain) for m, r, x in results):
        return False
    spf = {result for method, result, _ in results if method == "spf"}
    broken = any(method == "dkim" and result == "fail" for method, result, _ in results)
    return bool(spf & {"fail", "hardfail"}) or (broken and "softfail" in spf)


def _results(headers: Iterable[tuple[str, str]]) -> Sequence[tuple[str, str, str]]:
    """(method, result, properties) of Gmail's own header, all in lower case; nothing if there is none on top."""
    top = next((value for name, value in headers if name.lower() == "authentication-results"), "")
    server, *stated = _statements(top[:_LONGEST].lower())
    if server.split()[:1] != [GMAIL]:
        return ()
    return [(m[1], m[2], m[3]) for text in stated if (m := _METHOD.match(text))]


def _statements(value: str) -> list[str]:
    """The parts between semicolons, without comments and quoted strings."""
    parts, depth = [""], 0
    for piece in _TOKEN.findall(value):
        if piece in {"(", ")"}:
            depth = max(0, depth + (1 if piece == "(" else -1))
        elif depth or piece[0] in '"\\':
            continue
        elif piece == ";":
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def _aligned(properties: str, domain: str) -> bool:
    """True if the signature is the sender's own house's, or does not say whose it is (RFC 7489, relaxed alignment)."""
    found = _SIGNER.search(properties)
    if not found:
        return True
    signer, sender = found[1].strip("."), domain.lower()
    return signer == sender or signer.endswith(f".{sender}") or sender.endswith(f".{signer}")
