"""Who stands behind an address: a robot, a vendor's shared host, a private mailbox, or perhaps an employer."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from agent.core.lexicon import senders

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


@cache
def _listed(key: str) -> frozenset[str]:
    return frozenset(str(entry).lower() for entry in senders().get(key, ()))


def _belongs(host: str, key: str) -> bool:
    """True if the host is an entry of the list or lies below one."""
    labels = host.lower().rpartition("@")[2].strip(".").split(".")
    listed = _listed(key)
    return any(".".join(labels[i:]) in listed for i in range(len(labels)))


@lru_cache(4096)
def is_ats(domain: str) -> bool:
    """True for hosts of applicant tracking systems."""
    return _belongs(domain, "ats")


@lru_cache(4096)
def is_scheduler(domain: str) -> bool:
    """True for scheduling services (Calendly, GoodTime, …)."""
    return _belongs(domain, "schedulers")


def is_calendar_robot(address: str) -> bool:
    """True for addresses (or hosts) from which a calendar itself writes."""
    return address.lower() in _listed("calendar") or _belongs(address, "calendar")


@lru_cache(4096)
def is_freemail(domain: str) -> bool:
    """True for private mailboxes, also by the brand's name under another suffix (yahoo.co.jp)."""
    host = domain.lower().rpartition("@")[2]
    return _belongs(host, "freemail") or registrable(host).partition(".")[0] in _listed("freemail_brands")


@lru_cache(4096)
def is_job_board(domain: str) -> bool:
    """True for job boards and professional networks."""
    return _belongs(domain, "job_boards")


@lru_cache(4096)
def is_assessment(domain: str) -> bool:
    """True for automated tests and one-way video interviews."""
    return _belongs(domain, "assessment")


@lru_cache(4096)
def is_agency(domain: str) -> bool:
    """True for known recruitment agencies: the host proves no employer."""
    return _belongs(domain, "agencies")


@lru_cache(4096)
def looks_like_agency(domain: str) -> bool:
    """True for known agencies and for hosts whose name hints at one ("…recruit…", "…staffing…")."""
    name = registrable(domain).partition(".")[0]
    return is_agency(domain) or any(hint in name for hint in _listed("agencies_hint") if len(hint) > 3)


@lru_cache(4096)
def is_vendor(domain: str) -> bool:
    """True for any shared host: whoever writes from there, the domain is never the employer."""
    keys = (
        "ats",
        "schedulers",
        "calendar",
        "freemail",
        "job_boards",
        "assessment",
        "documents",
        "meeting_hosts",
    )
    return any(_belongs(domain, key) for key in keys) or is_freemail(domain)


@lru_cache(4096)
def is_no_reply(address: str) -> bool:
    """True for addresses that no human reads: they are never a recipient."""
    local, _, _ = address.lower().rpartition("@")
    local = local.partition("+")[0]
    listed = _listed("no_reply_locals")
    squeezed = local.replace("-", "").replace("_", "").replace(".", "")
    return local in listed or any(
        word in squeezed
        for word in (
            "noreply",
            "donotreply",
            "nichtantworten",
            "nepasrepondre",
            "noresponder",
            "mailerdaemon",
        )
    )


@lru_cache(4096)
def is_shared_mailbox(address: str) -> bool:
    """True for a mailbox rather than a person: jobs@, hr@, bewerbung@ …"""
    local = address.lower().rpartition("@")[0].partition("+")[0]
    return local in _listed("shared_locals")


def is_booking_link(url: str) -> bool:
    """True if the link lets its reader pick a time (not: cancel or move one)."""
    try:
        parts = urlsplit(url if "//" in url else f"https://{url}")
    except ValueError:  # "http://[::1": mail holds anything that looks like a link
        return False
    host, path = (parts.hostname or "").removeprefix("www."), parts.path.lower()
    if any(word in path for word in ("cancel", "reschedul", "unsubscribe", "/legal", "/privacy")):
        return False
    listed = _listed("booking_hosts")
    by_path = any("/" in entry and f"{host}{path}".startswith(entry) for entry in listed)
    return by_path or (_belongs(host, "booking_hosts") and path.strip("/") != "")


@cache
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(only_icann=True)


@cache
@lru_cache(4096)
def registrable(domain: str) -> str:
    """The part of a host that somebody registered: ``mail.acme.co.uk`` → ``acme.co.uk``; the host itself if none."""
    host = domain.lower().rpartition("@")[2].strip(".")[:253]
    return str(_suffixes().privatesuffix(host) or host)
