"""Where a letter stops saying something: the sign-off, the block of name, title and telephone, the legal notice.

Nothing is cut: facts (a name, a telephone number) are read from signatures too. Only statements end here. When in doubt a
line is a statement: to read a job title as a sentence costs little, to overlook "I'll call you on Thursday" costs much.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from agent.core.mail.html_text import SIGNATURE
from agent.core.mail.quoting_words import folded, words
from agent.core.model import Address

_MOST_TAIL_LINES = 60
_MOST_SIGN_OFF_LINES = 12
_LONGEST_SIGN_OFF_LINE = 90
_SHORTEST_BOILERPLATE = 160
_DELIMITER = re.compile(r"(?:--|—|––|-- -|_{2,60}|-{3,60}|={3,60}|\*{3,60}|~{3,60})\s*")
_SENTENCE_END = re.compile(r"(?:[.!?…]|\.\.\.)[)\"'”»]*$")
_ABBREVIATION = re.compile(
    r"(?:\b(?:inc|ltd|co|corp|llc|jr|sr|ph\.?d|m\.?d|e\.v|s\.l|s\.a|s\.l\.u|bros|st|ave|rd|blvd|str|esq|dept|no|ext|al|mag|dipl|prof|dr|univ|plc|gmbh|ca|usa|u\.s|u\.k)\.)$",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"^(?:[tmewpfcdh]\s?[:/|]|(?:tel|tél|ph|phone|mobile|mob|mobil|cell|fax|fon|telefon|teléfono|telefono|móvil|movil|portable|direct"
    r"|office|e-?mail|mail|correo|web|website|site|url|linkedin|twitter|skype|address|adresse|anschrift|dirección|she|he|they)\s?[.:/|])",
    re.IGNORECASE,
)
_PHONE = re.compile(r"\+?\(?\d[\d\s().\-/]{6,20}\d")
_EVIDENT = re.compile(r"[|•·]|[\w.+-]{1,64}@[\w-]")
# What an appointment looks like: a line that holds it is no signature, unless a telephone label explains the figures.
_APPOINTMENT = re.compile(
    r"\b\d{1,2}[:.h]\d{2}\b|\b\d{1,2}\s?(?:am|pm|a\.m|p\.m|uhr|h)\b|\b\d{1,2}[./]\d{1,2}[./](?:\d{2}|\d{4})\b"
    r"|^\W*(?:date|time|when|where|what|who|location|place|meeting|zoom|passcode|password|pin|duration|interviewers?|datum|uhrzeit|zeit|ort|wann|wo"
    r"|date|heure|lieu|quand|où|fecha|hora|lugar|cuándo|dónde)\s?:",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_HEAD = re.compile(r"[,|(/–—•·;:<\[]| - ")
_PREFACE_WORDS = """the your our dear das dein ihr ihre dr prof mr mrs ms miss herr frau mme m sr sra don dona le la les el los
der die l equipe team de equipo and und et y"""
_PREFACE = frozenset(_PREFACE_WORDS.split())


def signature_at(text: str, sender: Address) -> int:
    """The offset in ``text`` where sign-off, signature or notice begin; its length where there is none.

    ``text`` may hold a mark of the mail program's own (see ``html_text.SIGNATURE``), which must be removed afterwards.
    """
    lines = text.split("\n")
    offsets = _offsets(lines)
    low = max(0, len(lines) - _MOST_TAIL_LINES)
    end = _notices_at(lines, low)
    begin = _sign_off_at(lines, low, end, _names(sender))
    return offsets[begin] if begin < len(lines) else len(text)


def _offsets(lines: Sequence[str]) -> list[int]:
    offsets, at = [], 0
    for line in lines:
        offsets.append(at)
        at += len(line) + 1
    return offsets


# ── Notices, delimiters, "Sent from my phone" ──────────────────────────────────────────────────────────────────


def _notices_at(lines: Sequence[str], low: int) -> int:
    """The first tail line from which on there is only notice; blank lines before it belong to it."""
    has_words = False
    for at, line in enumerate(lines):
        bare = line.strip()
        if at >= low and has_words and bare and _begins_notice(bare) and _only_notice(lines, at):
            return at
        has_words = has_words or bool(_WORD.search(bare[:200]))
    return len(lines)


def _begins_notice(line: str) -> bool:
    if line.startswith(SIGNATURE) or (line[:2] in {"--", "—", "__"} and _DELIMITER.fullmatch(line[:80])):
        return True
    start = folded(line[:160]).lstrip("*_-–—•·>#![( \t")
    return bool(words().mobile.match(start) or words().notice.match(start))


def _only_notice(lines: Sequence[str], at: int) -> bool:
    """Nothing behind a notice speaks to the reader again: no postscript, and after a bare rule no paragraph of prose."""
    first = lines[at].strip()
    behind = [line.strip() for line in lines[at + 1 :] if line.strip()]
    if any(words().postscript.match(folded(line[:40])) for line in behind):
        return False
    if first.startswith(SIGNATURE):
        return len(behind) <= 30
    if words().mobile.match(folded(first[:160]).lstrip("*_-( ")):
        return all(not _is_statement(line) or _begins_notice(line) for line in behind)
    if _DELIMITER.fullmatch(first[:80]):
        return first == "--" or _is_block(behind)
    return _legal(behind)


def _is_block(behind: Sequence[str]) -> bool:
    """Behind a drawn rule: notices, or lines of a signature; not a meeting's details and not prose."""
    for line in behind:
        if _begins_notice(line) and not _DELIMITER.fullmatch(line[:80]):
            return True
        if _is_statement(line):
            return False
    return bool(behind)


def _legal(behind: Sequence[str]) -> bool:
    """Behind the first line of a notice there is more of the kind, and no greeting or appointment."""
    return len(behind) <= 40 and not any(
        _APPOINTMENT.search(line) and not _is_contact(line) for line in behind if len(line) < 120
    )


# ── Sign-off and name ──────────────────────────────────────────────────────────────────────────────────────────


def _sign_off_at(lines: Sequence[str], low: int, end: int, names: frozenset[str]) -> int:
    """The line of the closing formula, or of the sender's name, above ``end``; ``end`` itself where there is none."""
    tail: list[int] = []
    last: list[int] | None = None  # the lines below the first paragraph that may be boilerplate
    for at in range(end - 1, low - 1, -1):
        line = lines[at].strip()
        if not line:
            continue
        below = _below(lines, at, end)
        named = below < end and _is_name(lines[below].strip(), names)
        if _is_closing(line, names) and (last is None or named):
            begin = _first_closing(lines, at, low, names)
            return begin if _says_something(lines[:begin]) else below
        if _is_boilerplate(line):
            last = list(tail) if last is None else last
        elif _is_statement(line) or len(tail) >= _MOST_SIGN_OFF_LINES:
            break
        tail.append(at)
    return _name_at(lines, sorted(tail if last is None else last), end, names)


def _is_boilerplate(line: str) -> bool:
    """A paragraph that is too long and too even to be an afterthought: tolerated only below a sign-off and a name."""
    return len(line) >= _SHORTEST_BOILERPLATE and "?" not in line and not _APPOINTMENT.search(line)


def _says_something(lines: Sequence[str]) -> bool:
    """True if there is more than a greeting: where there is not, "Thank you!" is what the mail says."""
    return any(len(line.split()) > 3 or _SENTENCE_END.search(line.strip().rstrip("!")) for line in lines)


def _below(lines: Sequence[str], at: int, end: int) -> int:
    return next((n for n in range(at + 1, end) if lines[n].strip()), end)


def _is_closing(line: str, names: frozenset[str]) -> bool:
    """A closing formula ("Best regards,") alone on its line, or with the writer's name behind it ("Thanks, Tasha")."""
    if len(line) > 80:
        return False
    start = folded(line).lstrip("-–—*_¡ \t")
    found = words().closing.match(start)
    if found is None:
        return False
    behind = start[found.end() :].strip(" ,.!;:-–—*_)🙂😊😀\u200d\ufe0f")
    return not behind or _is_name(behind, names)


def _first_closing(lines: Sequence[str], at: int, low: int, names: frozenset[str]) -> int:
    """Where the sign-off begins: "Thanks," above "Best regards," belongs to it."""
    begin = at
    for above in range(at - 1, max(low, at - 4) - 1, -1):
        line = lines[above].strip()
        if line and not _is_closing(line, names):
            break
        if line:
            begin = above
    return begin


def _name_at(lines: Sequence[str], tail: Sequence[int], end: int, names: frozenset[str]) -> int:
    """Without a closing formula: the sender's name, or a block that looks like one's card."""
    for at in tail:
        if _is_name(lines[at].strip(), names) and (
            at == 0 or not lines[at - 1].strip() or at == tail[-1] or _is_card(lines, tail, at)
        ):
            return at
    starts = [at for at in tail if at == 0 or not lines[at - 1].strip()]
    for at in starts:
        if at > 0 and _is_card(lines, tail, at):
            return at
    return end


def _is_card(lines: Sequence[str], tail: Sequence[int], at: int) -> bool:
    """A capitalised name, and behind it within a few lines a title, a telephone or a mail address."""
    block = [lines[n].strip() for n in tail if n >= at]
    first = _HEAD.split(block[0], maxsplit=1)[0].split()
    if not 1 < len(block) <= 7 or not 1 < len(first) <= 4 or not all(word[0].isupper() for word in first):
        return False
    return not _has_title(block[0]) and any(
        _is_contact(line) or _has_title(line) or _EVIDENT.search(line) for line in block[1:]
    )


def _has_title(line: str) -> bool:
    return any(word in words().titles for word in _WORD.findall(folded(line)))


def _is_contact(line: str) -> bool:
    return bool(_CONTACT.match(line) or ("://" not in line and _PHONE.search(line)))


def _is_statement(line: str) -> bool:
    """A line that may say something: a sentence, an appointment, or simply too long for a signature."""
    if len(line) > _LONGEST_SIGN_OFF_LINE:
        return True
    if words().postscript.match(folded(line[:40])):
        return True
    if _is_contact(line):
        return False
    if _APPOINTMENT.search(line):
        return True
    count = len(_WORD.findall(line))
    ends = bool(_SENTENCE_END.search(line)) and not _ABBREVIATION.search(line)
    return line.endswith("?") or (ends and count >= 3) or line.startswith(("- ", "* ", "• "))


# ── Names ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _plain(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("'", "").replace("’", ""))
    return _WORD.findall("".join(c for c in decomposed if not unicodedata.combining(c)))


def _names(sender: Address) -> frozenset[str]:
    """The words of the sender's display name and address (but its last label), without those that name nobody."""
    local = sender.email.rpartition(".")[0]
    return frozenset(_plain(f"{sender.name[:200]} {local[:128]}")) - {
        "no",
        "reply",
        "noreply",
        "info",
        "jobs",
        "hr",
        "careers",
    }


def _is_name(line: str, names: frozenset[str]) -> bool:
    """The head of the line (before a comma, a bar, a bracket) is made of the sender's names or initials."""
    head = _HEAD.split(line.strip("-–—~*_ \t"), maxsplit=1)[0]
    plain = _plain(head[:100])
    found = [word for word in plain if word not in _PREFACE] or plain
    if not found or len(found) > 6:
        return False
    initials = {name[0] for name in names}
    known = sum(1 for word in found if word in names)
    single = sum(1 for word in found if len(word) == 1 and word in initials)
    return known + single == len(found) or (known >= 2 and known + single >= len(found) - 1)
