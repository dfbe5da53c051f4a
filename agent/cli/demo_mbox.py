"""``demo --mbox``: the user's own mail, read from a file and served on the loopback interface for one turn."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING

from agent.cli.context import App, print_json
from agent.cli.demo_letters import Letter, letters
from agent.cli.demo_screen import Screen
from agent.cli.demo_stage import stage, workplace
from agent.cli.tables import print_status
from agent.cli.view import look
from agent.demo.clock import MovableClock
from agent.demo.hunt_takeout import write_takeout
from agent.demo.mail import Mail
from agent.demo.mailbox import Mailbox
from agent.demo.mbox import MboxMessage, read_mbox
from agent.errors import DataError

if TYPE_CHECKING:
    from agent.cli.demo_stage import Stage

ADVICE = (
    "in Google Takeout choose Mail; the archive holds one .mbox file per label, or one for all mail",
    "the file must be the unpacked .mbox itself, not the .zip or .tgz around it",
)
_ADDRESS = re.compile(r"[!-?A-~]{1,200}@[A-Za-z0-9.-]{1,200}")
WINDOW = timedelta(days=400)  # older mail cannot belong to a hunt under way, and would only fill the memory


@dataclass(slots=True)
class Survey:
    """What a first reading of the file tells."""

    messages: int = 0
    skipped: int = 0
    latest: datetime | None = None
    senders: Counter[str] = field(default_factory=Counter)  # From of what was sent
    names: dict[str, str] = field(default_factory=dict)


def show_mbox(
    app: App, path: Path, *, address: str | None, now: datetime | None, keep: Path | None, as_json: bool
) -> None:
    """Serve this mbox, run one turn at the moment after its last message (or ``now``), show table and drafts."""
    if address and not _ADDRESS.fullmatch(address):
        raise DataError(f"{address!r} is not an address", ("write it as YOU@EXAMPLE.COM",))
    app.say(f"reading {path.name} …")
    found = _guarded(path)
    account = (address or next(iter(dict(found.senders.most_common(1))), "")).lower()
    if not account:
        raise DataError(
            "the file does not tell whose mailbox it is: no message in it is labelled as sent",
            ("say it with --address YOU@EXAMPLE.COM",),
        )
    assert found.latest is not None
    clock = MovableClock(now or found.latest + timedelta(minutes=1))
    mailbox = Mailbox(account, name=found.names.get(account, ""), clock=clock)
    served = _fill(mailbox, path, until=clock())
    app.say(_summary(found, served, account))
    with (
        workplace(keep) as folder,
        stage(mailbox, folder, clock=clock, time_zone=_zone(), holidays="") as set_up,
    ):
        report = set_up.turn()
        for problem in report.problems:
            app.say(f"problem: {problem.what} (message {problem.gmail_id or '?'})")
        figures = {
            "messages_served": served,
            "messages_skipped": found.skipped,
            "problems": len(report.problems),
        }
        _show(set_up, letters(set_up, report.created), figures, keep, as_json=as_json)
        if keep:
            write_takeout(mailbox, folder / "mailbox.mbox")


def _guarded(path: Path) -> Survey:
    try:
        found = _survey(path)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}", ADVICE) from error
    if not found.messages:
        raise DataError(
            f"{path} holds no message that can be read: it is not an mbox file, or an empty one", ADVICE
        )
    return found


def _survey(path: Path) -> Survey:
    found, reader = Survey(), read_mbox(path)
    for one in reader:
        found.messages += 1
        found.latest = max(found.latest or one.at, one.at)
        if "SENT" in one.labels:
            name, sender = parseaddr(Mail(one.raw).header("From"))
            if _ADDRESS.fullmatch(sender):
                found.senders[sender.lower()] += 1
                found.names.setdefault(sender.lower(), "".join(c for c in name if c.isprintable()))
    found.skipped = reader.skipped
    return found


def _fill(mailbox: Mailbox, path: Path, *, until: datetime) -> int:
    """Deliver what lies between the window's beginning and ``until``; how many messages."""
    served = 0
    for one in read_mbox(path):
        if until - WINDOW <= one.at <= until:
            mailbox.deliver(one.raw, labels=_labels(one, mailbox.address), thread_id=one.thread_id, at=one.at)
            served += 1
    return served


def _labels(one: MboxMessage, account: str) -> tuple[str, ...]:
    """An mbox that is not Gmail's knows no labels: what comes from the account was sent by it."""
    if one.thread_id is None and one.labels == ("INBOX",):
        _, sender = parseaddr(Mail(one.raw).header("From"))
        return ("SENT",) if sender.lower() == account else one.labels
    return one.labels


def _summary(found: Survey, served: int, account: str) -> str:
    older = found.messages - served
    parts = [f"{found.messages} messages of {account}"]
    if older:
        parts.append(f"left out as too old or after --now: {older}")
    if found.skipped:
        parts.append(f"skipped because they cannot be read: {found.skipped}")
    return "; ".join(parts)


def _show(
    stage: Stage, made: Sequence[Letter], figures: Mapping[str, int], keep: Path | None, *, as_json: bool
) -> None:
    view = look(stage.app)
    by_id = {document["id"]: document for document in view.documents}
    if as_json:
        drafts = [letter.document(by_id.get(letter.candidacy, {})) for letter in made]
        kept = str(keep) if keep else None
        print_json(
            {**view.heading(), "candidacies": list(view.documents), "drafts": drafts, **figures, "kept": kept}
        )
        return
    print_status(view.documents, view, hidden=0)
    screen = Screen()
    for letter in made:
        letter.show(screen, by_id.get(letter.candidacy, {}))
    screen.line()
    screen.paragraph(_further(keep, len(made)))


def _further(keep: Path | None, drafts: int) -> str:
    many = {0: "No draft would be", 1: "This draft would be"}.get(drafts, f"These {drafts} drafts would be")
    made = f"{many} in Gmail now; this was a stand-in, your mailbox was not touched. "
    if keep is None:
        return made + "`--keep DIR` keeps the database, to look further."
    return made + f"Kept: `followup-agent --config {keep / 'config.toml'} status --all`, `show`, `why`."


def _zone() -> str:
    """The system's time zone by name, else UTC."""
    import tzlocal

    try:
        return tzlocal.get_localzone_name() or "UTC"
    except (LookupError, ValueError, OSError):
        return "UTC"
