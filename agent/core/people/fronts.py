"""False fronts: senders who would like to be taken for an employer or a person that the user really talks to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from agent.core.meaning import senders
from agent.core.model import Address
from agent.core.people.company import label, letters
from agent.core.people.parties import employer_domain, is_private, is_vendor_robot
from agent.core.people.signing import bare_name, name_words, person

_HIRING_PARTS = re.compile(r"(?:careers?|jobs?|hr|hiring|recruit(?:ing|ment|er|ers)?|talent|team|group|inc|llc|ltd|online|mail|global|intl|international|"
                           r"corp|co|company|official|secure|portal|onboarding|people|staffing|apply|work|interview|interviews|offers?|usa?|uk|eu|de|"
                           r"karriere|bewerbung|personal|rh|rrhh|empleo|recrutement|emploi|the|my|join|at|get|go)+")  # fmt: skip
_LOOK_ALIKE = str.maketrans("0135іаеоср", "olesiaeocp")


def poses(sender: Address) -> bool:
    """True if the display name is an address, and not the one the mail comes from."""
    shown = re.search(r"[\w.+-]+@([\w-]+\.[\w.-]+)", sender.name[:300].lower())
    if not shown or is_vendor_robot(sender.email):
        return False
    return senders.registrable(shown[1]) != senders.registrable(sender.domain)


@lru_cache(65_536)
def resembles(domain: str, genuine: str) -> bool:
    """True if a domain is another than ``genuine`` but made to be taken for it."""
    if not domain or not genuine or domain == genuine:
        return False
    one, other = _unmasked(label(domain)), _unmasked(label(genuine))
    if len(other) < 4 or len(one) < 4:
        return False
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if long.startswith(short) or long.endswith(short):
        rest = long.removeprefix(short) if long.startswith(short) else long.removesuffix(short)
        return bool(_HIRING_PARTS.fullmatch(rest))
    if abs(len(one) - len(other)) > 2 or len(other) < 6:
        return False
    from rapidfuzz.distance import DamerauLevenshtein

    return DamerauLevenshtein.distance(one, other) <= (1 if len(other) < 10 else 2)


def _unmasked(name: str) -> str:
    """Letters and digits that look alike, folded."""
    return name.translate(_LOOK_ALIKE).replace("rn", "m").replace("vv", "w")


def hidden_host(host: str, genuine: str) -> bool:
    """True if the genuine domain's name stands in front of somebody else's ("acme.example.evil.example")."""
    wanted = label(genuine)
    if senders.registrable(host) == genuine or len(wanted) < 5:
        return False
    front = host.removesuffix(senders.registrable(host)).strip(".")
    return any(letters(part) == wanted for part in front.split(".") if part)


def looks_like(sender: Address, domains: Iterable[str]) -> bool:
    """True if the sender's domain is made to be taken for one of these."""
    domain, known = senders.registrable(sender.domain), sorted(domains)
    if domain in known or is_vendor_robot(sender.email) or is_private(sender.email):
        return False
    return any(resembles(domain, d) or hidden_host(sender.domain, d) for d in known)


def takes_name(sender: Address, domains: Iterable[str], people: Iterable[Address]) -> bool:
    """True if the sender shows the name of one of these people from another house."""
    domain = senders.registrable(sender.domain)
    if domain in domains or is_vendor_robot(sender.email) or is_private(sender.email):
        return False
    name = person(sender.name)
    return bool(name) and any(
        person(a.name) == name and a.email != sender.email and employer_domain(a.email) for a in people
    )


def from_home(sender: Address, people: Iterable[Address]) -> Address | None:
    """Of these people, the one whose own mailbox this is by its name ("Gareth P", gprowse61@…), not their house's."""
    shown = [letters(w) for w in name_words(bare_name(sender.name))]
    local = letters(sender.email.partition("@")[0])
    for known in people:
        own = [letters(w) for w in name_words(bare_name(known.name))]
        house = employer_domain(known.email)
        if len(own) < 2 or len(own[-1]) < 4 or not house or house == employer_domain(sender.email):
            continue
        named = bool(shown) and shown[0] == own[0] and (len(shown) == 1 or own[-1].startswith(shown[-1]))
        if named and own[-1] in local and not resembles(employer_domain(sender.email), house):
            return known
    return None
