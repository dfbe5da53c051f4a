"""How two people address each other: the greeting and the form of address.

The user's own last greeting to this person is the best source; titles and "Frau"/"Herr" are only taken from the mails,
never guessed from a first name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agent.core.model import Candidacy, Contact, Reading
from agent.core.people.signing import is_office
from agent.core.writing.wording import letters

MAX_LINE = 160
MAX_TEXT = 20_000  # characters of one mail that are searched for how somebody is spoken of
MAX_MAILS = 60

# A display name with one of these words is an office's, not a person's.
_ORGANISATION = frozenset(
    {
        "team",
        "recruiting",
        "recruitment",
        "recruiter",
        "talent",
        "acquisition",
        "careers",
        "career",
        "jobs",
        "job",
        "hiring",
        "hr",
        "people",
        "operations",
        "office",
        "bewerbung",
        "bewerbungen",
        "karriere",
        "personal",
        "personalabteilung",
        "recrutement",
        "recrutements",
        "rh",
        "ressources",
        "humaines",
        "recursos",
        "humanos",
        "empleo",
        "seleccion",
        "gmbh",
        "ltd",
        "inc",
        "llc",
        "noreply",
        "kontakt",
        "candidate",
        "candidates",
        "admin",
        "administration",
        "support",
        "notifications",
        "department",
    }
)
_ACADEMIC = frozenset({"dr", "prof", "professor", "doctor", "doktor"})
_PARTICLES = frozenset({"von", "van", "der", "den", "de", "la", "le", "del", "di", "da", "zu", "y", "und"})


@dataclass(frozen=True, slots=True)
class Person:
    """A person's name, taken apart: any part may be empty."""

    first: str
    last: str
    full: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Greeting:
    """The line that opens the letter and the name in it (empty where nobody's name is known)."""

    line: str
    name: str


def fold(text: str) -> str:
    """For comparison: without accents, case and punctuation."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return "".join(c for c in plain.casefold() if c.isalnum())


def person(contact: Contact) -> Person:
    """The name of a contact: the name they sign with, completed by the display name of their address."""
    display, signed = _parts(contact.address.name), _parts(contact.goes_by)
    title = signed.title or display.title
    if not signed.first or (len(fold(signed.first)) < 2 and display.first):
        return Person(display.first, display.last, display.full, title)
    if signed.last:
        return Person(signed.first, signed.last, signed.full, title)
    if fold(signed.first) == fold(display.last):  # they sign with the family name alone
        return Person(display.first, display.last, display.full, title)
    full = f"{signed.first} {display.last}".strip()
    return Person(signed.first, display.last, full, title)


def _parts(name: str) -> Person:
    """``Comeau, Pauline``, ``MARCHAND Chloé``, ``Dr. Ines Roth (she/her)`` → first, last, full, title."""
    flat = re.sub(r"\([^)]{0,60}\)|\"[^\"]{0,60}\"|[|/–—].{0,200}$", " ", name[:200])
    if "@" in flat or is_office(flat) or any(fold(w) in _ORGANISATION for w in flat.split()):
        return Person("", "", "")
    family, comma, given = flat.partition(",")
    words = _words(f"{given} {family}" if comma and len(family.split()) <= 3 else family)
    titles = [word for word in words if fold(word) in _ACADEMIC]
    words = [word for word in words if fold(word) not in _ACADEMIC and fold(word) not in _CIVIL]
    if len(words) > 5:
        return Person("", "", "")
    shouted = [w for w in words if len(w) > 1 and w.isupper()]
    if not comma and shouted and len(shouted) < len(words) and words[0] in shouted:
        words = [w for w in words if w not in shouted] + shouted
    words = [_cased(word) for word in words]
    first, last = (words[0], _family(words)) if words else ("", "")
    return Person(first, last, " ".join(words), titles[0] if titles else "")


_CIVIL = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "frau", "herr", "mme", "madame", "monsieur", "sra", "sr"}
)


def _words(name: str) -> list[str]:
    cleaned = "".join(c if c.isalpha() or c in " .'’-" else " " for c in name)
    return [word.strip("-") for word in cleaned.split() if any(c.isalpha() for c in word)]


def _cased(word: str) -> str:
    if word.islower() and word not in _PARTICLES:
        return word[0].upper() + word[1:]
    return "-".join(p.capitalize() for p in word.split("-")) if word.isupper() and len(word) > 2 else word


def _family(words: list[str]) -> str:
    """The family name: the last word, with the particles before it; a lone name has none."""
    at = len(words) - 1
    while at > 1 and words[at - 1].casefold() in _PARTICLES:
        at -= 1
    return " ".join(words[at:]) if at > 0 else ""


def formal(candidacy: Candidacy, language: str) -> bool:
    """Sie/vous/usted (True) or du/tu/tú: as the candidacy knows it, else as the mails show, else the polite one."""
    if candidacy.formal is not None and language == (candidacy.language or language):
        return candidacy.formal
    form = letters(language)["form"]
    if not form["familiar"]:
        return any(
            _opens(r, form["formal_greeting"]) for r in candidacy.readings[-MAX_MAILS:] if not r.outgoing
        )
    familiar = polite = 0
    for reading in candidacy.readings[-MAX_MAILS:]:
        words = re.findall(r"\w+", reading.message.body[:MAX_TEXT])
        familiar += sum(word.lower() in form["familiar"] for word in words)
        polite += sum(word in form["polite"] for word in words)
    return bool(form["default"]) if familiar == polite else polite > familiar


def _opens(reading: Reading, openers: Iterable[str]) -> bool:
    line = _first_line(reading.message.text).casefold()
    return any(line.startswith(opener) for opener in openers)


def _first_line(text: str) -> str:
    return next((line.strip() for line in text[:2000].splitlines() if line.strip()), "")[:MAX_LINE]


def greeting(candidacy: Candidacy, contact: Contact, language: str, *, polite: bool) -> Greeting:
    """The opening line: as the user last greeted this person, else by what is known of them."""
    own = _own_greeting(candidacy, contact, language)
    if own is not None and not (polite is False and _stands_on_ceremony(own, language)):
        return own
    table, name = letters(language)["greeting"], person(contact)
    if not name.first:
        return Greeting(table["nameless"], "")
    spoken_of = _spoken_of(candidacy, name, language) if polite and name.last else ""
    if spoken_of:
        return Greeting(spoken_of, name.last)
    if name.title and name.last and polite is not False and language == "en":
        return Greeting(table["titled"].format(title=name.title, last=name.last), name.last)
    if polite and name.last:
        return Greeting(table["polite"].format(full=name.full), name.last)
    return Greeting(table["familiar"].format(first=name.first), name.first)


def _stands_on_ceremony(own: Greeting, language: str) -> bool:
    """True for "Sehr geehrte Frau …" where people have since come to say du (tu, tú); English knows no such step."""
    form = letters(language)["form"]
    return bool(form["familiar"]) and own.line.casefold().startswith(tuple(form["formal_greeting"]))


def _spoken_of(candidacy: Candidacy, name: Person, language: str) -> str:
    """The greeting that follows from how the mails speak of them ("mit Frau Dr. Größl"), or nothing."""
    courtesy: dict[str, str] = letters(language)["courtesy"]
    if not courtesy:
        return ""
    forms = "|".join(re.escape(form) for form in courtesy)
    pattern = re.compile(rf"(?<!\w)({forms})\s((?:(?:Dr|Prof)\.\s?){{0,2}}){re.escape(name.last)}(?!\w)")
    for reading in reversed(candidacy.readings[-MAX_MAILS:]):
        found = pattern.search(reading.message.text[:MAX_TEXT])
        if found:
            academic = " ".join(found[2].split())
            return courtesy[found[1]].format(last=f"{academic} {name.last}".strip())
    return ""


def _own_greeting(candidacy: Candidacy, contact: Contact, language: str) -> Greeting | None:
    for reading in reversed(candidacy.readings):
        message = reading.message
        to = {address.email for address in message.to}
        if reading.outgoing and contact.address.email in to and "DRAFT" not in message.label_ids:
            line = _first_line(message.text)
            found = _greeted(line, contact, letters(language)["greeting"])
            if found is None and len(to) == 1:
                found = _titled(line, person(contact), letters(language)["courtesy"])
            if found is not None:
                return found
    return None


def _titled(line: str, name: Person, courtesy: Mapping[str, str]) -> Greeting | None:
    """``Madame,`` to one reader says what she is called: ``Bonjour Madame Lacaze,``."""
    words = line.strip(" ,:!").casefold().split()
    form = next((form for form in courtesy if words and len(words) <= 2 and words[-1] == form.casefold()), "")
    return Greeting(courtesy[form].format(last=name.last), name.last) if form and name.last else None


def _greeted(line: str, contact: Contact, table: dict[str, Any]) -> Greeting | None:
    """``Hi Devon, yes, Tuesday…`` → ``Hi Devon,``; None unless an opener is followed by this person's name."""
    folded = line.casefold()
    opener = next(
        (
            o
            for o in sorted(table["openers"], key=len, reverse=True)
            if re.match(re.escape(o) + r"[\s,]", folded)
        ),
        "",
    )
    rest = line[len(opener) :].lstrip()
    comma = "," if rest.startswith(",") and opener else ""
    taken, known = _taken(rest.lstrip(", ").split()[:6], contact, table)
    if not opener or not known:
        return None
    if opener in table["passing"]:
        opener, comma = table["instead"], "," if table["mark"] == ":" else ""
    opening = opener if opener[0].isupper() else line[0].upper() + line[1 : len(opener)]
    return Greeting(f"{opening}{comma} {' '.join(taken)}{table['mark']}", known[-1])


def _taken(words: list[str], contact: Contact, table: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The words at the start that are titles or this person's names, and the names among them."""
    names = {fold(word): word for word in _words(f"{contact.address.name[:200]} {contact.goes_by[:200]}")}
    whole, taken, known = person(contact), [], []
    names |= {fold(word): word for word in whole.full.split()}
    for word in words:
        bare = word.strip(",:;!?–—")
        if fold(bare) in names:
            said = names[fold(bare)] if bare.islower() and bare not in _PARTICLES else bare.rstrip(".")
            taken.append(said)
            known.append(said)
        elif fold(bare) in table["titles"] and not known:
            taken.append(bare)
        elif not (bare.casefold() in _PARTICLES and taken):
            break
        else:
            taken.append(bare)
        if word[-1] in ",:;!?":
            break
    return taken, known
