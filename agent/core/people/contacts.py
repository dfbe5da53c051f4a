"""The humans of a candidacy: who they are, what they do, how they are addressed and telephoned."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from agent.core.lexicon import pack
from agent.core.meaning import senders
from agent.core.model import Address, Contact, Reading, Role, SignalKind
from agent.core.people.company import letters
from agent.core.people.parties import employer_domain, is_machine, is_vendor_robot
from agent.core.people.sides import Sides
from agent.core.people.signing import display_name, goes_by, name_words, people_words, says

_PHONE = re.compile(
    r"(?<![\w/@.-])\+?\(?\d[\d().\s/-]{6,20}\d(?:\s?(?:x|ext\.?)\s?\d{1,5})?(?![\w/@-])", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_CUE_WINDOW = 28


def order(sides: Sides, readings: Sequence[Reading]) -> list[Address]:
    """The people of the employer's side: who last wrote comes first, the silent ones follow as they were introduced."""
    wrote = [
        r.message.sender.email
        for r in readings
        if not r.outgoing and not is_machine(r) and not r.has(SignalKind.OUT_OF_OFFICE, SignalKind.ROBOT)
    ]
    last = {email: i for i, email in enumerate(wrote)}
    known = list(sides.people.values())
    return sorted(known, key=lambda a: (senders.is_no_reply(a.email), -last.get(a.email, -1), known.index(a)))


def contacts(
    sides: Sides, readings: Sequence[Reading], *, formal: bool | None, language: str, agency: str = ""
) -> tuple[Contact, ...]:
    """Everybody on the employer's side, the likeliest addressee first; no robots but those of the employer's own."""
    found: list[Contact] = []
    guests = {a.address.email for r in readings for i in r.message.invites for a in i.attendees}
    organisers = {i.organizer.email for r in readings for i in r.message.invites if i.organizer}
    for address in order(sides, readings):
        if is_vendor_robot(address.email) and senders.is_no_reply(address.email):
            continue
        theirs = [r for r in readings if not r.outgoing and r.message.sender.email == address.email]
        role = role_of(theirs) if theirs else Role.UNKNOWN
        if (
            role is Role.UNKNOWN
            and address.email in guests
            and address.email not in organisers
            and not theirs
        ):
            role = Role.INTERVIEWER
        if role is Role.UNKNOWN and agency and employer_domain(address.email) in sides.domains and theirs:
            role = Role.RECRUITER
        address = _as_last_shown(address, theirs)
        clean = Address(display_name(address, theirs), address.email)
        robot = senders.is_no_reply(address.email) or address.email in sides.outsiders
        unproven = bool({address.email, employer_domain(address.email)} & sides.unproven)
        found.append(
            Contact(
                clean,
                role,
                goes_by(clean, theirs, formal=formal, language=language, shown=address.name),
                may_write=not (robot or unproven),
            )
        )
    return tuple(found)


def _as_last_shown(address: Address, theirs: Sequence[Reading]) -> Address:
    """The address under the name its last writer shows; of two forms of that name the longer one.

    Several people write from one mailbox ("jobs@…"): whoever wrote last is the one who reads the answer.
    """
    shown = [name for r in theirs if (name := r.message.sender.name.strip())]
    if not shown or not (last := {letters(w) for w in name_words(shown[-1])}):
        return address
    alike = [name for name in (address.name, *shown) if last & {letters(w) for w in name_words(name)}]
    return Address(max(alike, key=len, default=address.name), address.email)


def role_of(theirs: Sequence[Reading]) -> Role:
    """What somebody does, read from the lines under their name."""
    for reading in theirs:
        for line in reading.message.signature[:2_000].split("\n")[:8]:
            if line.strip() and len(line) <= 80 and "@" not in line and (role := _role_in(line)):
                return role
    return Role.RECRUITER if any(_calls_itself_recruiter(r) for r in theirs) else Role.UNKNOWN


def _role_in(line: str) -> Role | None:
    """A coordinator helps others ("Recruiting Coordinator"), but an assistant manager manages."""
    helps = [word for word in people_words("coordinator") if says(line, word)]
    leads = any(says(line, word) for word in people_words("hiring_manager"))
    if helps and not (leads and helps == ["assistant"] and " to " not in line.lower()):
        return Role.COORDINATOR
    if any(says(line, word) for word in people_words("recruiter")):
        return Role.RECRUITER
    return Role.HIRING_MANAGER if leads else None


def _calls_itself_recruiter(reading: Reading) -> bool:
    text = f"{reading.message.sender.name[:200]} {reading.message.body[:1500]}".lower()
    return any(
        phrase in text
        for phrase in (
            "i lead recruiting",
            "i'm the recruiter",
            "i am the recruiter",
            "i'm a recruiter",
            "i am a recruiter",
            "talent acquisition",
            "recruiting team",
        )
    )


def phone(readings: Sequence[Reading], sides: Sides) -> str:
    """A number of the employer's by which somebody can be called; never one that the user gave, nor a dial-in."""
    mine = {_digits(n) for r in readings if r.outgoing for n in _PHONE.findall(r.message.text[:4000])}
    for reading in reversed(readings):
        if (
            reading.outgoing
            or is_machine(reading)
            or is_vendor_robot(reading.message.sender.email)
            or not sides.holds(reading.message.sender.email)
        ):
            continue
        for text, wants_cue in (
            (reading.message.signature[:1500], False),
            (reading.message.body[:4000], True),
        ):
            for match in _PHONE.finditer(text):
                if _is_phone(text, match, wants_cue=wants_cue) and _digits(match[0]) not in mine:
                    return match[0].strip(" .-/")
    return ""


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)[-9:]


def _is_phone(text: str, match: re.Match[str], *, wants_cue: bool) -> bool:
    number = match[0]
    digits = re.sub(r"\D", "", number)
    line_start = text.rfind("\n", 0, match.start()) + 1
    before = text[max(line_start, match.start() - _CUE_WINDOW) : match.start()].lower()
    if (
        not 7 <= len(digits) <= 15
        or "\n" in number
        or any(word in before for word in people_words("not_phone"))
    ):
        return False
    if re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.*", number) or re.fullmatch(
        r"\d{4}[./-]\d{1,2}[./-]\d{1,2}.*", number
    ):
        return False
    cued = any(re.search(_cue(word), before) for word in people_words("phone_cues"))
    return cued or (not wants_cue and bool(re.search(r"[+()\s.-]", number)) and len(digits) >= 9)


def _cue(word: str) -> str:
    """A single letter is a cue only in front of the number itself ("M: 555 …")."""
    return rf"(?<!\w){re.escape(word)}(?!\w)" if len(word) > 1 else rf"(?<!\w){word}[:.]?\s*\+?\(?$"


def is_formal(readings: Sequence[Reading], language: str) -> bool | None:
    """True for Sie/vous/usted, False for du/tu/tú, None where the language or the mails do not show it."""
    if language not in {"de", "fr", "es"}:
        return None
    form = pack(language, "parties")["form"]
    formal = informal = 0
    for reading in readings:
        words = _WORD.findall(reading.message.body[:4000])
        low = [w.lower() for w in words]
        weight = 1 if reading.outgoing else 2
        informal += weight * sum(w in form["informal"] for w in low)
        formal += weight * (
            _capital_forms(words, form["formal"])
            if language == "de"
            else sum(w in form["formal"] for w in low)
        )
    if formal == informal == 0:
        return None
    return formal > informal


def _capital_forms(words: Sequence[str], formal: Sequence[str]) -> int:
    return sum(w[0].isupper() and w.lower() in formal for w in words)


def language_of(readings: Sequence[Reading], sides: Sides) -> str:
    """The language most of the employer's mails are in; the user's where those do not tell."""
    for chosen in (
        [r for r in readings if not r.outgoing and sides.holds(r.message.sender.email)],
        [r for r in readings if not r.outgoing],
        list(readings),
    ):
        counted = Counter(r.language for r in chosen if r.language)
        if counted:
            return counted.most_common(1)[0][0]
    return "en"
