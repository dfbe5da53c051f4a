"""How the user signs: the parting words and the name, as they last wrote them in this correspondence."""

from __future__ import annotations

from agent.core.model import Candidacy, Identity
from agent.core.writing.salutation import fold
from agent.core.writing.wording import letters

MAX_LINES = 8  # at the end of a mail, in which a parting and a name are looked for


def my_name(candidacy: Candidacy, identity: Identity) -> str:
    """The user's full name: the account's, else what others call them in To."""
    named = [identity.primary.name, *identity.names]
    seen = (a for r in candidacy.readings for a in r.message.to if not r.outgoing and identity.is_me(a))
    return next((n.strip() for n in (*named, *(a.name for a in seen)) if n.strip() and "@" not in n), "")


def signing(candidacy: Candidacy, identity: Identity, language: str, *, polite: bool) -> tuple[str, str]:
    """(parting, name) as the user last wrote them here ("Best," / "Tasha"), else by language and form of address."""
    table, full = letters(language)["parting"], my_name(candidacy, identity)
    mine = {fold(word) for name in (full, *identity.names) for word in name.split()} - {""}
    parting = name = ""
    for reading in reversed(candidacy.readings):
        if not reading.outgoing or "DRAFT" in reading.message.label_ids or reading.message.forwarded:
            continue
        lines = [line.strip() for line in reading.message.text[-4000:].splitlines() if line.strip()]
        found_parting, found_name = _ending(lines[-MAX_LINES:], table["known"], mine)
        parting, name = parting or found_parting, name or found_name
    familiar_name = full.split()[0] if full else ""
    return parting or str(table["polite" if polite else "familiar"]), name or (
        full if polite else familiar_name
    )


def _ending(lines: list[str], known: list[str], mine: set[str]) -> tuple[str, str]:
    """The parting and the name at the end of a mail; either may be missing."""
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        bare = line.casefold().rstrip(" ,.!")
        if bare in known:
            below = lines[at + 1] if at + 1 < len(lines) else ""
            return line.rstrip(" .!")[:60], _signed(below, mine)
        partings = (p for p in known if bare.startswith((p + " ", p + ", ")))
        said = max(partings, key=len, default="")
        rest = line[len(said) :].strip(" ,") if said else ""
        if rest and _signed(rest, mine):
            return line[: len(said)] + ("," if "," in line[len(said) :] else ""), _signed(rest, mine)
    last = next((line for line in reversed(lines) if _signed(line, mine)), "")
    return "", _signed(last, mine)


def _signed(line: str, mine: set[str]) -> str:
    words = line.strip(" ,.-–—").split()
    fits = 0 < len(words) <= 5 and all(fold(word) in mine for word in words)
    return " ".join(words) if fits and len(fold("".join(words))) > 1 else ""
