"""Where mail names the employer: subject, sender, signature, text, invitation; and for whom an agency writes.

A shared host's name, a person's name or a word of the calendar is never an employer's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from agent.core.lexicon import pack
from agent.core.meaning import senders
from agent.core.model import Reading
from agent.core.people.company import (
    LEGAL,
    VIA,
    Named,
    has_org_word,
    letters,
    lists,
    same_company,
    without_team,
)
from agent.core.people.position import bare_subject
from agent.core.people.signing import is_role_line, name_words
from agent.core.people.spelling import closes_sentence, name_after, proper, spelled_like, words_of

LONGEST_TEXT = 4_000
_CLIENTS = frozenset(["client", "clients", "kunde", "kunden", "mandant", "mandanten", "cliente", "clientes"])
_WISHES = frozenset(
    ["would", "want", "wants", "wish", "wishes", "are", "is", "have", "has", "loved", "liked"]
)
_COMMON = pack("en", "parties")["common"]
SALUTATIONS = frozenset(_COMMON["salutations"])
_DEGREES = frozenset(
    ["dr", "dra", "prof", "ing", "dipl"]
)  # "Dr. Haas Optik" is a house, "on behalf of Dr. Haas" none
_ON_BEHALF = frozenset(_COMMON["on_behalf"])
_OWN_SIDE = frozenset(_COMMON["own_side"])
_POSSESSIVES = frozenset(_COMMON["possessives"])
_PRONOUNS = frozenset(_COMMON["pronouns"])
_ROLE_SPLIT = re.compile(r"\s+[|•·–—-]\s+|\s*\|\s*|,\s+|\s+(?:at|@|bei|chez)\s+")
_PERSON_AT = re.compile(
    r"(?:\bfrom\b|\bat\b|@|\||\(|\s[-–—]\s|\bvon\b|\bbei\b|\bchez\b|,\s)\s*([^)|]{2,60})\)?\s*$",
    re.IGNORECASE,
)


def names(reading: Reading, labels: Sequence[str], people: frozenset[str]) -> tuple[Named, ...]:
    """Every name in this message that may be the employer's. ``labels``: letters of the domains it may match."""
    message = reading.message
    signature = message.signature[:1_500]
    body = message.body[:LONGEST_TEXT]
    headline = "\n".join(
        (bare_subject(message.subject)[:300], *(i.summary[:200] for i in message.invites[:2]))
    )
    found: list[Named] = []
    for wanted in labels:
        for text, open_end, factor in (
            (headline, False, 1.0),
            (signature, True, 1.0),
            (body, False, 0.9),
            (message.sender.name[:200], False, 0.9),
        ):
            found += [
                Named(name, weight * factor)
                for name, weight in spelled_like(text, wanted, open_end=open_end)[:6]
            ]
    found += _in_display(reading, people)
    found += _in_signature(signature)
    found += _under_the_name(reading)
    found += [Named(n.name, n.weight) for n in _cued(f"{headline}\n{body}")]
    return tuple(n for n in found[:60] if _possible(n.name, people))


def _possible(name: str, people: frozenset[str]) -> bool:
    low = name.lower().strip(" .,")
    words = low.split()
    if (
        words and words[0].strip(".") in SALUTATIONS and not has_org_word(name)
    ):  # "Herrn Tiedemann" is no house
        return False
    if not words or len(name) > 70 or low in lists().never or (words[0] in lists().never and len(words) == 1):
        return False
    if len(words) == 1 and low in lists().org:  # "School", of a sender called "School Office"
        return False
    if not without_team(name):  # "Recruitment Services" is a department everywhere
        return False
    return not (
        low in people or all(any(w in p.split() for p in people) or len(w) <= 2 for w in words)
    ) and any(c.isalpha() for c in low)


def _in_display(reading: Reading, people: frozenset[str]) -> list[Named]:
    sender = reading.message.sender
    name = sender.name[:200].strip()
    if not name or "@" in name:
        return []
    bare = without_team(name)
    if bare and bare != VIA.sub("", name) and bare.lower() not in people:
        return [Named(bare, 6.0 if senders.is_ats(sender.domain) else 4.0)]
    if senders.is_ats(sender.domain) and bare and not _looks_like_person(bare, reading):
        return [Named(bare, 5.0)]
    behind = _PERSON_AT.search(VIA.sub("", name))
    if behind and not re.fullmatch(r"(?:he|she|they|him|her)[/ ].*", behind[1], re.IGNORECASE):
        candidate = without_team(behind[1])
        if has_org_word(candidate) or not name.partition(",")[1]:
            return [Named(candidate, 3.0)] if candidate else []
    return [Named(name, 3.0)] if has_org_word(name) and name.lower() not in people else []


def _looks_like_person(name: str, reading: Reading) -> bool:
    """A human at a shared host signs with this name; a company is named in the subject or the text besides."""
    text = f"{reading.message.subject[:300]}\n{reading.message.body[:LONGEST_TEXT]}".lower()
    if (
        senders.is_no_reply(reading.message.sender.email)
        or has_org_word(name)
        or letters(name) == letters(reading.message.sender.email.partition("@")[0])
    ):
        return False
    return name.lower() not in text and 2 <= len(name.split()) <= 3


def _in_signature(signature: str) -> list[Named]:
    found: list[Named] = []
    lines = [line.strip(" *_>") for line in signature.split("\n")[:14]]
    for line in lines:
        if not line or len(line) > 90 or "@" in line or "://" in line:
            continue
        pieces = [p.strip() for p in _ROLE_SPLIT.split(line) if p and p.strip()]
        for piece in pieces[:4]:
            if (
                has_org_word(piece)
                and 1 < len(piece.split()) <= 7
                and piece[0].isupper()
                and not any(c.isdigit() for c in piece)
            ):
                legal = any(letters(w) in LEGAL for w in piece.split()[1:])
                found.append(Named(piece, 4.0 if legal else 3.0 if len(pieces) == 1 else 2.0))
    return found


def _under_the_name(reading: Reading) -> list[Named]:
    """A line of two to four capitalised words right under the sender's own name, where small firms put theirs."""
    parts = name_words(reading.message.sender.name[:200])
    surname = letters(parts[-1]) if parts else ""
    lines = [line.strip() for line in reading.message.text[-1_500:].split("\n") if line.strip()]
    for name, line in pairwise(lines):
        words = line.split()
        signed = len(surname) > 2 and letters(name).endswith(surname) and len(name.split()) <= 4
        fits = (
            2 <= len(words) <= 4
            and all(w[0].isupper() or w == "&" for w in words)
            and line.replace("&", "").replace(" ", "").replace("'", "").isalpha()
        )
        if signed and fits and not is_role_line(line):
            return [Named(line, 2.5)]
    return []


def _cued(text: str) -> list[Named]:
    """Names behind "here at", "join", "bei der" …; a bare preposition counts little."""
    table = lists()
    words = words_of(text)
    low = [w.lower() for w in words]
    firsts = {cue[0] for cue in table.before}
    found: list[Named] = []
    for at, word in enumerate(low):
        if word not in firsts:
            continue
        for cue in table.before:
            if tuple(low[at : at + len(cue)]) == cue:
                name = name_after(words, at + len(cue))
                if name:
                    weight = 1.0 if cue in table.weak else 3.0
                    found.append(Named(name, weight + (1.5 if has_org_word(name) else 0.0)))
                break
    return found


def speaks_for_client(reading: Reading, own: str, people: frozenset[str]) -> bool:
    """True if the writer says that they hire for somebody else than a colleague or their own house, ``own``."""
    text = f" {reading.message.body[:LONGEST_TEXT]} "
    low = text.lower().replace("\n", " ")
    for phrase in lists().client:
        at = low.find(f" {phrase}")
        if at >= 0 and not (
            phrase in _ON_BEHALF and _own_side(text[at + len(phrase) + 1 :][:120], own, people)
        ):
            return True
    return False


def _own_side(following: str, own: str, people: frozenset[str]) -> bool:
    """True if a colleague or the writer's own house stands here ("… Herrn Tiedemann", "… the whole team")."""
    words = words_of(following)
    while words and words[0].lower() in _POSSESSIVES:
        words.pop(0)
    if not words or words[0] == "\n" or words[0].lower().strip(".") in _OWN_SIDE | SALUTATIONS | _DEGREES:
        return True
    name = name_after(words, 0)
    return bool(name) and (not _possible(name, people) or same_company(name, own))


def clients(reading: Reading, people: frozenset[str], own: str) -> tuple[Named, ...]:
    """The employers that an agency names; ``own`` is the agency itself."""
    message = reading.message
    words = words_of(f"{bare_subject(message.subject)}\n{message.body[:LONGEST_TEXT]}")
    low = [w.lower() for w in words]
    firsts = {cue[0] for cue in lists().client_before}
    found: list[Named] = []
    for at, word in enumerate(low):
        name, weight = "", 0.0
        if word in firsts:
            cue = next((c for c in lists().client_before if tuple(low[at : at + len(c)]) == c), ())
            name, weight = (
                (name_after(words, at + len(cue)), 3.0 if len(cue) > 1 else 1.0) if cue else ("", 0.0)
            )
        if not name and word in _CLIENTS and (comma := _comma(words, at)):
            name, weight = name_after(words, comma + 1), 4.0
        if not name and word in _WISHES and at:
            name, weight = _wisher(words, at, message.subject), 4.0
        if name and _possible(name, people) and not same_company(name, own):
            found.append(Named(name, weight + (1.5 if has_org_word(name) else 0.0)))
    return tuple(found[:20])


def _name_before(words: Sequence[str], at: int) -> str:
    """The proper name that ends right before ``at`` ("Quill Robotics would like to …")."""
    start = at
    while start and at - start < 5 and (words[start - 1][:1].isupper() or words[start - 1] == "&"):
        if closes_sentence(words[start - 1]) or (
            words[start - 1].isupper() and words[start - 1].endswith(".")
        ):
            break  # "bring photo ID. Postcode is …"
        start -= 1
    if start == at or words[start].lower() in _PRONOUNS:
        return ""
    return proper(words[start:at]) if at - start > 1 or len(words[start]) > 3 else ""


def _wisher(words: Sequence[str], at: int, subject: str) -> str:
    """Who "would like to meet you": a name before ``at``, or one that only the subject writes in capitals."""
    if words[at - 1][:1].isupper():
        return _name_before(words, at)
    for count in (3, 2):
        said = " ".join(words[max(0, at - count) : at])
        shown = re.search(rf"(?<!\w){re.escape(said)}(?!\w)", subject[:300], re.IGNORECASE)
        if shown and all(w[:1].isupper() or w == "&" for w in shown[0].split()):
            return shown[0]
    return ""


def invites_for_another(reading: Reading, own: str, people: frozenset[str]) -> bool:
    """True if the writer arranges an interview at somebody else's ("Quill Robotics would like to interview you for their …")."""
    words = words_of(f"{reading.message.body[:LONGEST_TEXT]}")
    low = [w.lower() for w in words]
    if not {"their", "leur", "deren"} & set(low):
        return False
    wishes = [
        i
        for i, word in enumerate(low)
        if i and word in _WISHES and {"interview", "meet", "see"} & set(low[i : i + 5])
    ]
    named = (_wisher(words, i, reading.message.subject) for i in wishes)
    return any(n and _possible(n, people) and not same_company(n, own) for n in named)


def _comma(words: Sequence[str], at: int) -> int:
    """The comma that introduces the client's name ("a client in Bristol, Severn Packaging, who …")."""
    return next((i for i in range(at + 1, min(at + 6, len(words))) if words[i] == ","), 0)
