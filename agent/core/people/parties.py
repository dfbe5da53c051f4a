"""Which side an address and a message are on: the employer's, the user's, a shared host's, nobody's.

Shared hosts (applicant tracking, schedulers, freemail) prove no employer.
"""

from __future__ import annotations

from agent.core.meaning import senders
from agent.core.model import Address, Candidacy, Identity, Message, Reading, SignalKind

_MACHINES = (SignalKind.BOUNCE, SignalKind.DELAY, SignalKind.READ_RECEIPT)
_MACHINE_LOCALS = frozenset({"mailer-daemon", "postmaster"})
_NO_PEOPLE = ("resource.calendar.google.com", "group.calendar.google.com", "fireflies.ai", "read.ai", "otter.ai", "fathom.video",
              "grain.com", "gong.io", "avoma.com", "tldv.io", "krisp.ai", "metaview.ai", "brighthire.ai", "pillar.hr", "zoom.us")  # fmt: skip


def employer_domain(email: str) -> str:
    """The registrable domain of an address, or an empty string for shared hosts and private mailboxes."""
    host = email.rpartition("@")[2]
    return "" if not host or is_shared_host(host) else senders.registrable(host)


def is_shared_host(host: str) -> bool:
    """True for hosts that prove no employer."""
    return (
        senders.is_vendor(host)
        or senders.is_calendar_robot(host)
        or any(host == h or host.endswith(f".{h}") for h in _NO_PEOPLE)
    )


def is_private(email: str) -> bool:
    """True for private mailboxes."""
    return senders.is_freemail(email.rpartition("@")[2])


def is_vendor_robot(email: str) -> bool:
    """True for the hosts that write on an employer's behalf: tracking systems, schedulers, calendars, networks."""
    host = email.rpartition("@")[2]
    return not senders.is_freemail(host) and (senders.is_vendor(host) or senders.is_calendar_robot(email))


def is_machine(reading: Reading) -> bool:
    """True for delivery notices: nobody's word."""
    return reading.has(*_MACHINES) or reading.message.sender.email.partition("@")[0] in _MACHINE_LOCALS


def own_domains(identity: Identity) -> frozenset[str]:
    """The registrable domains of the user's own organisation(s)."""
    return frozenset(d for email in identity.emails if (d := employer_domain(email)))


def recipients(message: Message) -> tuple[Address, ...]:
    return (*message.to, *message.cc)


def addressed_to_employer(reading: Reading, candidacy: Candidacy) -> bool:
    """True if the user wrote this to somebody on the employer's side (not to family, friends, or nobody)."""
    if not reading.outgoing:
        return False
    return any(
        _theirs(address.email, candidacy) or _replied_to_vendor(address.email)
        for address in recipients(reading.message)
    )


def from_employer(reading: Reading, candidacy: Candidacy) -> bool:
    """True if the message speaks for the employer: a contact, their domain, an agency, or a robot that serves them."""
    sender = reading.message.sender.email
    if reading.outgoing or is_machine(reading) or reading.strong(SignalKind.SUSPICIOUS):
        return False
    return _theirs(sender, candidacy) or is_vendor_robot(sender)


def _theirs(email: str, candidacy: Candidacy) -> bool:
    known = {contact.address.email for contact in candidacy.contacts}
    domains = {d for e in known if (d := employer_domain(e))}
    return email in known or employer_domain(email) in domains


def _replied_to_vendor(email: str) -> bool:
    return senders.is_ats(email.rpartition("@")[2]) and not senders.is_no_reply(email)
