"""The small change of a letter: days in words, names of positions and companies, the user's note as a sentence.

Every phrase comes from ``lexicon/<language>/letters.toml``; what mail brought in is cleaned before it is repeated.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from agent.core.lexicon import pack
from agent.core.meaning.language import scores
from agent.core.model import Deadline, Promise

MAX_NAME = 80  # a longer "position" is a sentence that was mistaken for one
MAX_NOTE = 200
MAX_THING_WORDS = 16
EARLY, MIDDLE = 10, 20  # last days of the month's first and second third, as "early March" is meant
RECENT_DAYS = 4  # so long "on Tuesday" is understood, and still is when the draft has lain for a day or two

_UNFIT = re.compile(r"[@{}<>|\[\]?!\\=_#]|\*(?!in(?:nen)?\b)|://|www\.", re.IGNORECASE)
_GENDERS = r"(?:[mwfdhx]\s?[/|]\s?[mwfdhx](?:\s?[/|]\s?[mwfdhx*]){0,2}|all genders|gn|a)"
_GENDER_MARK = re.compile(
    rf"\s*(?:[(\[]{_GENDERS}[)\]]|(?<=\s)(?:h/f|f/h|m/w/d|w/m/d|m/f/d|f/m/d)\b)", re.IGNORECASE
)
_LEGAL_FORM = re.compile(
    r",?\s(?:LLP|LLC|L\.L\.C\.|Ltd\.?|Limited|Inc\.?|Corp\.?|PLC|plc|Pty\.?|GmbH|gGmbH|mbH|AG|SE|KG|OHG|e\.\s?V\.|"
    r"S\.\s?L\.?\s?U?\.?|SL|SLU|S\.A\.S?\.?|SA|SAS|SARL|S\.à\.?\s?r\.l\.|B\.V\.|BV|N\.V\.|GmbH & Co\.? KG)\.?$"
)


def letters(language: str) -> dict[str, Any]:
    """The letter-writing table of one language."""
    return pack(language, "letters")


def choice(options: Sequence[str], seed: str) -> str:
    """One of the phrasings, always the same for the same seed."""
    digest = hashlib.sha256(seed.encode(errors="replace")).digest()
    return options[int.from_bytes(digest[:4]) % len(options)]


def shuffled(options: Sequence[str], seed: str) -> list[str]:
    """The phrasings in an order of chance that is always the same for the same seed."""
    places = sorted(
        range(len(options)), key=lambda n: hashlib.sha256(f"{seed}:{n}".encode(errors="replace")).digest()
    )
    return [options[n] for n in places]


def american(zone: str) -> bool:
    """True where English dates put the month first: the zones of the Americas."""
    return zone.startswith(("America/", "US/", "Canada/")) or zone == "Pacific/Honolulu"


def day_words(day: date, language: str, *, today: date, zone: str, short: bool = False) -> str:
    """A day as the language writes it ("Tuesday, May 12"); the year only where it is not this one."""
    table = letters(language)
    order = "" if american(zone) else "_day_first"
    pattern: str = table["date"][f"short{order}" if short else f"day{order}"]
    words = pattern.format(
        weekday=table["weekdays"][day.weekday()],
        month=table["months"][day.month - 1],
        day=table["date"]["first"] if day.day == 1 else day.day,
    )
    year = table["date"]["year" + order].format(year=day.year) if day.year != today.year else ""
    return f"{words}{year}"


def held_words(
    day: date, language: str, *, today: date, zone: str, first_thanks: bool, short: bool = False
) -> str:
    """When the interview was, with its preposition ("on Tuesday, May 12", "du mardi 12 mai"), to stand after "interview".

    Thanks go out within days: the weekday is enough then ("on Tuesday"), and on the day itself nothing is said, since
    "today" would be untrue of a draft that is sent tomorrow.
    """
    table, ago = letters(language), (today - day).days
    if first_thanks and ago <= 0:
        return ""
    if first_thanks and ago <= RECENT_DAYS:
        return str(table["date"]["held_weekday"]).format(weekday=table["weekdays"][day.weekday()])
    words = day_words(day, language, today=today, zone=zone, short=short)
    return str(table["date"]["held"]).format(day=words)


def promise_words(
    promise: Promise, deadline: Deadline | None, language: str, *, today: date, zone: str
) -> str:
    """When they said they would answer ("by Friday, March 6"); empty where it is too vague, or not over, to quote."""
    if promise.vague or promise.by >= today or (deadline is not None and deadline.vague):
        return ""
    table: dict[str, str] = letters(language)["promise"]
    by = promise.by
    match _grain(promise, deadline):
        case "week":
            monday = by - timedelta(days=by.weekday())
            return table["week"].format(day=day_words(monday, language, today=today, zone=zone, short=True))
        case "month":
            return table["month"].format(month=letters(language)["months"][by.month - 1])
        case "around":
            return table["around"].format(day=day_words(by, language, today=today, zone=zone, short=True))
        case "early" | "middle" | "late" as part:
            return table[part].format(month=letters(language)["months"][by.month - 1])
        case _:
            return table["day"].format(day=day_words(by, language, today=today, zone=zone))


def _grain(promise: Promise, deadline: Deadline | None) -> str:
    first, grain = promise.earliest or promise.by, deadline.grain if deadline is not None else ""
    if grain == "part of month" or (grain == "week" and first.day == 1 < promise.by.day):
        return "early" if promise.by.day <= EARLY else "middle" if promise.by.day <= MIDDLE else "late"
    if grain == "week" and first == promise.by:  # "within two weeks": counted, not named
        return "around"
    if grain in {"week", "month"}:
        return grain
    if promise.by - first <= timedelta(days=1):
        return "day"
    same_week = first.isocalendar()[:2] == promise.by.isocalendar()[:2]
    return "week" if same_week else "around"


def clean_name(name: str) -> str:
    """A name fit to be repeated in a letter, or nothing: no markup, no address, no question, no sentence."""
    short = name[: MAX_NAME * 4]  # hostile mail may name anything; what is longer is refused below
    flat = " ".join("".join(c if c.isprintable() else " " for c in short).split()).strip(" .,;:-–—\"'“”„«»")
    return "" if len(flat) > MAX_NAME or _UNFIT.search(flat) else flat


def company_words(company: str) -> str:
    """The employer as people say it: without its legal form."""
    clean = clean_name(company)
    return _LEGAL_FORM.sub("", clean).strip(" ,") or clean


def position_words(position: str) -> str:
    """The position as people say it: without "(m/w/d)", "H/F" and the like."""
    return clean_name(_GENDER_MARK.sub("", position[: MAX_NAME * 2]))


def at_words(company: str, language: str) -> str:
    """Where it is ("at Northwind", "à la Mairie de Lyon"); empty where the name would have to be inflected."""
    table = letters(language)["employer"]
    words = company.casefold().replace("'", " ").replace("’", " ").split()
    heads = (" ".join(words[:2]), *words[:1])
    at = next((table["by"][head] for head in heads if head in table["by"]), table["default"])
    return f"{at}{company}" if company and at else ""


def about_words(position: str, company: str, language: str) -> str:
    """What the letter is about, built of what is known: "the Product Analyst role at Tidewater"."""
    table, at = letters(language)["subject"], at_words(company, language)
    noun = "" if _names_itself(position, table["nouns"]) else table["noun"]
    head = table["heads"].get(position.casefold().partition(" ")[0])
    if position and head is not None:  # "das Praktikum im Marketing": no position but a thing
        return f"{head}{position} {at}".strip()
    known = {(True, True): "both", (True, False): "position", (False, True): "company"}
    elided = bool(position) and position[0].casefold() in table["elide"]
    phrase = str(table[known.get((bool(position), bool(at)), "neither")]).format(
        position=position, at=at, noun=noun, de="d'" if elided else "de "
    )
    return " ".join(phrase.split())


def _names_itself(position: str, nouns: Sequence[str]) -> bool:
    return any(position.casefold().endswith(" " + noun) for noun in nouns)


def note_words(notes: Sequence[str], already: Sequence[str], language: str, seed: str) -> str:
    """The newest of the user's notes that can be said in this letter, as one sentence; else nothing.

    ``already``: texts of mails the user has sent: what was said there is not said again. A note that is a reminder, a
    judgement or a secret ("ask about salary", "he was rude") stays out: a missing line costs less than a wrong one.
    """
    said = [" ".join(text.casefold().split()) for text in already]
    for note in reversed(notes):
        thing, sentence = _note(note, language, seed)
        if sentence and not any(thing.casefold() in text for text in said):
            return sentence
    return ""


def _note(note: str, language: str, seed: str) -> tuple[str, str]:
    table = letters(language)["note"]
    flat = " ".join(note[: MAX_NOTE * 2].split()).strip(" .;,")
    if not flat or len(flat) > MAX_NOTE or set(flat) & set("?!@{}<>[]|") or _foreign(flat, language):
        return "", ""
    thing = _thing(flat, table)
    words = re.findall(r"[\w'’]+", thing.casefold())
    if not words or set(words) & _multi(table["private"], thing):
        return "", ""
    if table["both"] and thing.casefold().startswith(table["both_of"] + " "):
        rest = thing[len(table["both_of"]) + 1 :]
        return rest, str(table["both"]).format(rest=rest)
    if words[0] in table["personal"]:
        return thing, thing[0].upper() + thing[1:] + "."
    if len(words) > MAX_THING_WORDS or set(words) & set(table["verbs"]):
        return "", ""
    if _spoken_of_somebody(thing, table):
        return "", ""
    return thing, _about(thing, table, seed + note)


def _spoken_of_somebody(thing: str, table: dict[str, Any]) -> bool:
    """True for what looks like a sentence about a person ("Maria sails too"): a capital, then no joining word."""
    words = thing.split()
    after = next((n for n, word in enumerate(words) if not word[:1].isupper()), 0)
    if not after or words[after - 1].endswith(("'s", "’s")) or words[after].casefold() in table["joints"]:
        return False
    return words[after].endswith(tuple(table["acting"]))


def _about(thing: str, table: dict[str, Any], seed: str) -> str:
    """The thing in a sentence: one that fits a noun without article, and that repeats no word of the thing."""
    first = thing.casefold().replace("’", "'").split()[0]
    named = {said.split()[0] for said in table["first"].values()} | {"mi", "mis", "nos", "votre", "vos"}
    bare = first not in named and "'" not in first
    options = (table["bare"] if bare else ()) or table["about"]
    words = set(re.findall(r"\w{4,}", thing.casefold()))
    fresh = [option for option in options if not words & set(re.findall(r"\w{4,}", option.casefold()))]
    de = "d'" if first[0] in "aàâeéèêëiîïoôuùûh" else "de "
    return choice(fresh or options, seed).format(thing=thing, de=de)


def _multi(private: Sequence[str], thing: str) -> set[str]:
    """The private words; a private phrase of several words counts through its first one, where it occurs."""
    folded = f" {thing.casefold()} "
    return {p if " " not in p else p.split()[0] for p in private if " " not in p or f" {p} " in folded}


def _thing(flat: str, table: dict[str, Any]) -> str:
    """What the note is about: without "mention …" and "we talked about …"."""
    thing = flat
    for phrase in sorted((*table["lead"], *table["liked"]), key=len, reverse=True):
        if thing.casefold().startswith(phrase if phrase.endswith(":") else phrase + " "):
            thing = thing[len(phrase) :].strip(" :")
            break
    return _inside(_unrecommended(thing, table["recommended"]), table["first"])


def _unrecommended(thing: str, phrases: Sequence[str]) -> str:
    """Without who recommended it: "they recommended the book", "the book she recommended on tides", "… that Tom sent"."""
    for phrase in sorted(phrases, key=len, reverse=True):
        before, found, after = f" {thing} ".partition(f" {phrase} ")
        if not found:
            continue
        before, after = before.strip(), after.strip()
        if not before:
            return after.strip(" :")
        somebody = " " in phrase  # "she recommended": what stands before it is the thing
        if after and not somebody and len(before.split()) <= 2:  # "Maria recommended the book"
            return after
        if not after and not somebody:  # "the book (that) Maria recommended"
            before = re.sub(r"\s[A-Z]\S*$", "", before)
        before = re.sub(r"\s(?:that|which|who)$", "", before)
        return f"{before} {after}".strip()
    return thing


def _inside(thing: str, first: dict[str, str]) -> str:
    word, _, rest = thing.partition(" ")
    said = first.get(word.casefold())
    return thing if said is None else f"{said} {rest}".strip()


def _foreign(text: str, language: str) -> bool:
    """True where the note is in another language; French and Spanish share small words, so a few prove nothing."""
    found, alike = scores(text), {"fr", "es", "nl", "it", "pt"}
    rivals = {code: n for code, n in found.items() if n >= 2 or not {language, code} <= alike}
    best = max(rivals.values(), default=0.0)
    return best >= 1 and found.get(language, 0.0) < best * 0.6
