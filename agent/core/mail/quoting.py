"""What this author wrote: the history that was answered and the mail that was passed on are cut away, line by line.

Lines that begin with ``>`` are history wherever they stand; what stands between them is an answer. Behind an attribution
("On … wrote:"), a rule ("-----Original Message-----") or a header block ("From: … Sent: …") everything is history,
unless the history itself is marked line by line. HTML mail arrives here as text with ``>`` lines and marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from agent.core.mail.html_text import HISTORY
from agent.core.mail.quoting_words import folded, words

MOST_LINES = 10_000
_LONGEST_LINE = 1_000
_LONGEST_ATTRIBUTION = 400
_LONGEST_MARK = 250
_QUOTED = re.compile(r"\s?>")
_STRONG = r"[\w.+-]{1,64}@[\w-]|(?<!\d)\d{4}(?!\d)|\d{1,2}[:.h]\d{2}|\d{1,2}[./-]\d{1,2}(?!\d)"
_STRONG_EVIDENCE = re.compile(_STRONG)
_EVIDENCE = re.compile(_STRONG + r"|\d{1,2}\.? \w{3,10}\.?(?!\w)|\w{3,10} \d{1,2}(?!\d)")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]")
_MOMENT = re.compile(r"\d{4}.{0,20}\d{1,2}:\d\d")
_ISO_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}")
_RULE = re.compile(r"[-–—_=*]{5,}$")
_DASHED = re.compile(r"[-–—_=*]{2,}")
_NAMED = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True, slots=True)
class Split:
    """The three kinds of lines, each joined to a text. ``own`` are the numbers of the author's lines."""

    text: str
    quoted: str
    forwarded: str
    own: tuple[int, ...]


def split(text: str, subject: str = "", *, answers: bool = False) -> Split:
    """The author's own words, the quoted history, the forwarded mail.

    ``subject`` decides what a header block means: in a mail whose first prefix is Fwd:, TR:, WG:, RV: it begins the
    forwarded mail, else the history. In a mail that answers nothing (neither ``answers`` nor ``Re:``) ``>`` is a bullet,
    and a header block above everything else is the author's ("From: … Subject: …" in the mail of a job site).
    """
    lines = text.split("\n", MOST_LINES)
    rest = lines.pop() if len(lines) > MOST_LINES else ""
    forwards = is_forward_subject(subject)
    own, quoted, forwarded = _sorted(lines, is_forward=forwards)
    replies = answers or forwards or bool(words().reply_subject.match(folded(subject[:100])))
    if quoted and not (replies or forwarded) and _is_own(lines, own, quoted):
        own, quoted = list(range(len(lines))), []
    tail = [rest] if rest else []
    return Split(
        text=_joined([lines[n] for n in own]),
        quoted=_joined([_stripped(lines[n]) for n in quoted] + tail),
        forwarded=_joined([_stripped(lines[n]) for n in forwarded]),
        own=tuple(own),
    )


def _is_own(lines: list[str], own: list[int], quoted: list[int]) -> bool:
    """What was taken for history in a mail without history: mere ``>`` lines, or a header block with nothing above."""
    if all(_QUOTED.match(lines[n]) for n in quoted):
        return True
    begin = next((n for n in quoted if lines[n].strip()), 0)
    return not any(lines[n].strip() for n in own) and bool(_label(lines[begin]))


def is_forward_subject(subject: str) -> bool:
    """True if the first prefix of a subject says that a mail is passed on."""
    start = folded(subject[:100])
    return bool(words().forward_subject.match(start)) and not words().reply_subject.match(start)


def _sorted(lines: list[str], *, is_forward: bool) -> tuple[list[int], list[int], list[int]]:
    """The numbers of the lines that are own words, history, forwarded."""
    own: list[int] = []
    quoted: list[int] = []
    forwarded: list[int] = []
    kept, at = quoted, 0  # kept: where lines marked with ">" go at present
    while at < len(lines):
        if _QUOTED.match(lines[at]):
            end = _quoted_end(lines, at)
            kept = forwarded if _begins_forward(lines, at, end, is_forward=is_forward) else kept
            kept.extend(range(at, end))
            at = end
        elif kind := _boundary(lines, at):
            passed_on = kind == "forward" or (kind != "attribution" and is_forward)
            kept = forwarded if passed_on else quoted
            head = _head_end(lines, at, kind)
            if head >= len(lines) or not lines[head].startswith(">"):
                kept.extend(range(at, len(lines)))
                return _without_rule(lines, own), quoted, forwarded
            kept.extend(range(at, head))  # what follows is marked line by line: own words may stand between
            at = head
        else:
            own.append(at)
            at += 1
    return own, quoted, forwarded


def _quoted_end(lines: list[str], at: int) -> int:
    """The end of a run of ``>`` lines, with the words that a mailer wrapped out of it."""
    while at < len(lines):
        if _QUOTED.match(lines[at]) or _is_wrapped(lines, at):
            at += 1
        else:
            break
    return at


def _is_wrapped(lines: list[str], at: int) -> bool:
    """``> a long line`` / ``its end`` / ``> the next``: the middle one lost its mark."""
    line, before = lines[at].strip(), lines[at - 1]
    following = lines[at + 1] if at + 1 < len(lines) else ""
    return (
        bool(line)
        and len(line) < 40
        and line[0].islower()
        and len(before) >= 66
        and before.startswith(">")
        and following.startswith(">")
    )


def _begins_forward(lines: list[str], at: int, end: int, *, is_forward: bool) -> bool:
    """A quotation whose first words say that it is a forwarded mail (Apple Mail quotes what it forwards)."""
    first = [_stripped(line).strip() for line in islice(lines, at, min(end, at + 18))]
    begin = next((n for n, bare in enumerate(first[:4]) if bare), None)
    return begin is not None and (
        _is_forward_mark(first[begin]) or (is_forward and _is_header_block(first, begin))
    )


def _boundary(lines: list[str], at: int) -> str:
    """What begins at this line: ``forward``, ``original``, ``block``, ``attribution``, or nothing."""
    line = lines[at].strip()[:_LONGEST_LINE]
    if not line:
        return ""
    if line == HISTORY:
        following = next((bare for bare in (line.strip() for line in lines[at + 1 : at + 6]) if bare), "")
        return "forward" if _is_forward_mark(following) else "original"
    if _is_forward_mark(line):
        return "forward"
    if _is_original_mark(line, lines[at + 1 : at + 4]):
        return "original"
    if _is_header_block(lines, at):
        return "block"
    return "attribution" if _attribution_end(lines, at) else ""


def _is_forward_mark(line: str) -> bool:
    """``---------- Forwarded message ---------``, ``Begin forwarded message:``."""
    found = words().forward.match(folded(line)) if len(line) <= _LONGEST_MARK else None
    return found is not None and (
        bool(_DASHED.match(line)) or (not found["by"].strip() and line.endswith((":", "：")))
    )


def _is_original_mark(line: str, following: list[str]) -> bool:
    """``-----Original Message-----``; without dashes only above a header, for people write these words too."""
    found = words().original.match(folded(line)) if len(line) <= _LONGEST_MARK else None
    if found is None:
        return False
    return bool(_DASHED.match(line)) or (
        not found["by"].strip() and any(_label(below) for below in following)
    )


# ── Header blocks ──────────────────────────────────────────────────────────────────────────────────────────────


def _is_header_block(lines: list[str], at: int) -> bool:
    """``From: … Sent: … To: … Subject: …`` at the start of lines, in any language and order, values may wrap."""
    if _label(lines[at]) not in {"from", "date", "subject"}:
        return False
    seen: dict[str, str] = {}
    for line in islice(lines, at, at + 14):
        kind = _label(line)
        if kind == "from" and "from" in seen:
            break
        if kind:
            seen[kind] = line.partition(":")[2].strip(" *_")
        elif not line.strip() and len(seen) > 1:
            break
    sender = seen.get("from", "")
    if not _NAMED.search(sender):
        return False
    if "subject" in seen and ("date" in seen or "to" in seen):
        return True
    return {"date", "to"} <= seen.keys() and bool(_EMAIL.search(sender) or _MOMENT.search(seen["date"]))


def _label(line: str) -> str:
    """Which header a line writes down, or nothing."""
    if ":" not in line[:40] and "：" not in line[:40]:
        return ""
    found = words().label.match(folded(line[:60].strip()))
    return words().labels[found[1]] if found else ""


def _head_end(lines: list[str], at: int, kind: str) -> int:
    """The first line behind an attribution, a rule or a header block that is not blank."""
    end = _attribution_end(lines, at) if kind == "attribution" else at + 1
    limit = min(len(lines), at + 20)
    while end < limit and (not lines[end].strip() or (kind != "attribution" and _label(lines[end]))):
        end += 1
    return end


# ── Attributions ───────────────────────────────────────────────────────────────────────────────────────────────


def _attribution_end(lines: list[str], at: int) -> int:
    """The line behind "On … wrote:", which mailers wrap over up to four lines; 0 if there is none."""
    first = _bare(lines[at])
    begins = _begins_attribution(first)
    if not (begins or _EMAIL.search(first) or _ends(first, lines[at])):
        return 0
    joined = ""
    for end in range(at, min(at + 4, len(lines))):
        line = _bare(lines[end])
        if not line or (end > at and (line.startswith(">") or _begins_attribution(line))):
            return 0
        joined = f"{joined} {line}".strip()
        if len(joined) > _LONGEST_ATTRIBUTION:
            return 0
        if _ends(joined, lines[end]):
            return end + 1 if _is_attribution(joined, lines, end + 1) else 0
        if not (begins or _EMAIL.search(first)):
            return 0
    return 0


def _bare(line: str) -> str:
    """The line as the lexicon sees it, without the dashes that some programs draw around an attribution."""
    return folded(line.strip()[:_LONGEST_ATTRIBUTION]).strip("-–—_* ")


def _begins_attribution(line: str) -> bool:
    """A line with which "On 6 Apr …" may begin: the word and a figure, or an ISO date."""
    return bool(_ISO_DATE.match(line) or (words().starts.match(line) and _EVIDENCE.search(line)))


def _ends(joined: str, line: str) -> bool:
    """An attribution ends with a colon, or with the dashes that began it ("wrote ----")."""
    return joined.endswith((":", "：")) or line.rstrip().endswith("---")


def _is_attribution(joined: str, lines: list[str], end: int) -> bool:
    """Someone wrote something at some time; before ``>`` lines, or between a date and an address, less is asked."""
    marked = next((line for line in islice(lines, end, end + 3) if line.strip()), "").startswith(">")
    if words().verbs.search(joined) and (marked or _STRONG_EVIDENCE.search(joined)):
        return True
    if marked:
        return bool(_EVIDENCE.search(joined))
    return bool(_ISO_DATE.match(joined) and _EMAIL.search(joined))


# ── Joining ────────────────────────────────────────────────────────────────────────────────────────────────────


def _without_rule(lines: list[str], own: list[int]) -> list[int]:
    """Own lines without the rule that some programs draw above the header block."""
    while own and (not lines[own[-1]].strip() or _RULE.fullmatch(lines[own[-1]].strip()[:200])):
        own.pop()
    return own


def _stripped(line: str) -> str:
    """A line without its ``>`` marks (at most twenty) and without marks of ours."""
    if line.startswith((">", " >")):
        return line[:60].lstrip("> ") + line[60:]
    return "" if line == HISTORY else line


def _joined(lines: list[str]) -> str:
    """Lines as a text: no blank lines at the ends, never two in a row."""
    kept: list[str] = []
    for line in lines:
        line = line.rstrip()
        if line or (kept and kept[-1]):
            kept.append(line)
    while kept and not kept[-1]:
        kept.pop()
    return "\n".join(kept)
