"""Play a scenario: load the mailbox into the embedded Gmail, run the real program with its clock moved, compare."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import date, datetime
from email import message_from_bytes
from email.message import Message as Mime
from email.utils import getaddresses
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from agent.cli import main
from agent.core.meaning import language
from agent.demo.clock import MovableClock
from agent.demo.mailbox import Mailbox
from agent.demo.server import GmailServer
from tests.scenarios.mailbox import Letters

Json = dict[str, Any]
INACTIVE = {"rejected", "withdrawn", "cancelled", "moved_on", "ignored", "offer"}


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison: its category, whether it holds, and what was expected and found."""

    category: str
    holds: bool
    where: str
    detail: str = ""


@dataclass(slots=True)
class Play:
    """One scenario being played in a folder of its own."""

    scenario: Json
    folder: Path
    checks: list[Check] = field(default_factory=list)

    def run(self) -> list[Check]:
        """All steps; the checks in order."""
        me = self.scenario["me"]
        clock = MovableClock(datetime.fromisoformat(self.scenario["steps"][0]["at"]))
        mailbox = Mailbox(me["address"], name=me["name"], aliases=me.get("aliases") or (), clock=clock)
        letters = Letters(mailbox)
        for message in self.scenario["messages"]:
            letters.deliver(message)
        with GmailServer(mailbox, wall_clock=clock) as server:
            program = Program(self.folder, self.scenario, server, clock)
            for step in self.scenario["steps"]:
                self._step(step, clock, letters, program, mailbox)
            self._check("never_sends", not server.violations, "whole", f"{server.violations}")
        return self.checks

    def _step(
        self, step: Json, clock: MovableClock, letters: Letters, program: Program, mailbox: Mailbox
    ) -> None:
        at = datetime.fromisoformat(step["at"])
        for deed in step["do"]:
            _do(deed, letters, mailbox, at)
        clock.set(at)
        synced = program.json("sync", "--json")
        status = program.json("status", "--all", "--json")
        expected, where = step["expect"], step["at"][:16]
        if not expected:
            return
        self._check("runs", synced is not None and status is not None, where, program.last_error)
        if status is None:
            return
        found = [_by_key(c, letters) for c in status["candidacies"]]
        for wanted in expected.get("candidacies", []):
            self._candidacy(wanted, found, where, self.scenario["me"]["time_zone"])
        for thread in expected.get("not_candidacies", []):
            holder = [c for c in found if thread in c["threads"] and c["status"] not in INACTIVE]
            alone = [
                c for c in holder if not any(thread in w["threads"] for w in expected.get("candidacies", []))
            ]
            self._check("false_alarm", not alone, where, f"{thread} in {[c['company'] for c in alone]}")
        if "drafts" in expected:
            self._drafts(expected["drafts"], mailbox, letters, where)

    def _candidacy(self, wanted: Json, found: list[Json], where: str, zone: str) -> None:
        mine = next((c for c in found if wanted["threads"][0] in c["threads"]), None)
        self._check("found", mine is not None, where, f"{wanted['threads'][0]}")
        if mine is None:
            mine = {}
        self._check(
            "linked", set(wanted["threads"]) <= set(mine.get("threads", ())), where, f"{wanted['threads']}"
        )
        for name, holds, detail in _comparisons(wanted, mine, zone):
            self._check(name, holds, where, detail)

    def _drafts(self, wanted: list[Json], mailbox: Mailbox, letters: Letters, where: str) -> None:
        drafts = [Draft(stored.raw, letters.key_of_thread(stored.thread_id)) for stored in letters.drafts()]
        for want in wanted:
            match = next(
                (d for d in drafts if d.thread == want["thread"] and set(want["to"]) == set(d.to)), None
            )
            match = match or next((d for d in drafts if d.thread == want["thread"]), None)
            self._check("draft", match is not None, where, f"no draft in {want['thread']}")
            if match is None:
                continue
            drafts.remove(match)
            for name, holds, detail in _letter_checks(want, match, letters):
                self._check(name, holds, where, detail)
        self._check("no_unwanted_draft", not drafts, where, f"{[(d.thread, d.to) for d in drafts]}")

    def _check(self, category: str, holds: bool, where: str, detail: str = "") -> None:
        self.checks.append(Check(category, holds, f"{self.scenario['id']} {where}", "" if holds else detail))


class Program:
    """The real command line, in this process, its clock injected, everything else over HTTP and real files."""

    def __init__(self, folder: Path, scenario: Json, server: GmailServer, clock: MovableClock) -> None:
        me = scenario["me"]
        self.clock = clock
        self.last_error = ""
        self.config = folder / "config.toml"
        state = folder / "state"
        state.mkdir(mode=0o700)
        token = folder / "token.json"
        token.write_text(json.dumps(server.token_info()))
        token.chmod(0o600)
        tables: dict[str, dict[str, Any]] = {
            "account": {"address": me["address"], "name": me["name"], "time_zone": me["time_zone"]},
            "gmail": {"api_endpoint": server.url, "token_file": str(token)},
            "storage": {"database_url": f"sqlite:///{state / 'agent.db'}"},
        }
        for key, value in (scenario.get("config") or {}).items():
            table, _, name = key.partition(".")
            tables.setdefault(table, {})[name] = value
        lines = [line for table, values in tables.items() for line in (f"[{table}]", *_toml(values))]
        self.config.write_text("\n".join(lines) + "\n")

    def json(self, *arguments: str) -> Json | None:
        """The document the command prints; None (and ``last_error``) if it failed."""
        code, out, err = self.run(*arguments)
        self.last_error = f"{' '.join(arguments)}: exit {code}: {err[-2000:]}"
        return json.loads(out) if code == 0 and out else None

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit status, standard output, standard error."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main(["--config", str(self.config), *arguments], clock=self.clock, sleep=lambda _: None)
        return code, out.getvalue(), err.getvalue()


class Draft:
    """A draft as it lies in Gmail."""

    def __init__(self, raw: bytes, thread: str) -> None:
        self.mime: Mime = message_from_bytes(raw)
        self.thread = thread
        self.to = [address.lower() for _, address in getaddresses(self.mime.get_all("To", []))]
        self.cc = [address.lower() for _, address in getaddresses(self.mime.get_all("Cc", []))]
        self.text = _plain(self.mime)


def _plain(mime: Mime) -> str:
    for part in mime.walk():
        if part.get_content_type() == "text/plain":
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            return payload.decode(part.get_content_charset() or "utf-8", "replace")
    return ""


def _toml(values: dict[str, Any]) -> list[str]:
    return [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]


def _do(deed: Json, letters: Letters, mailbox: Mailbox, at: datetime) -> None:
    [(name, order)] = deed.items()
    if name == "deliver":
        letters.deliver(order)
        return
    draft_id = letters.draft_in(order["thread"])
    if draft_id is None:
        return
    match name:
        case "user_sends_draft":
            mailbox.send_draft(draft_id, at)
        case "user_edits_draft":
            mailbox.edit_draft(draft_id, append=order.get("append"), at=at)
        case "user_discards_draft":
            mailbox.discard_draft(draft_id)
        case _:
            raise ValueError(name)


def _by_key(candidacy: Json, letters: Letters) -> Json:
    return {**candidacy, "threads": [letters.key_of_thread(t) for t in candidacy["thread_ids"]]}


def _comparisons(wanted: Json, mine: Json, zone: str) -> Iterator[tuple[str, bool, str]]:
    for name in ("company", "position"):
        if name in wanted:
            yield name, _named(wanted[name], mine.get(name)), f"{mine.get(name)!r} not in {wanted[name]}"
    if "status" in wanted:
        yield (
            "status",
            mine.get("status") in wanted["status"],
            f"{mine.get('status')} not in {wanted['status']}",
        )
    if "round" in wanted:
        yield "round", mine.get("round") == wanted["round"], f"{mine.get('round')} != {wanted['round']}"
    if "thank_you_sent" in wanted:
        sent = mine.get("thank_you_sent_at") is not None
        yield (
            "thank_you_sent",
            bool(mine) and sent == wanted["thank_you_sent"],
            f"{mine.get('thank_you_sent_at')}",
        )
    if "follow_ups_sent" in wanted:
        count = len(mine.get("follow_ups_sent", ()))
        yield (
            "follow_ups_sent",
            bool(mine) and count == wanted["follow_ups_sent"],
            f"{count} != {wanted['follow_ups_sent']}",
        )
    if "last_reply_kind" in wanted:
        kind = (mine.get("last_reply") or {}).get("kind")
        yield "last_reply", kind in wanted["last_reply_kind"], f"{kind} not in {wanted['last_reply_kind']}"
    if "promised_by" in wanted:
        by = (mine.get("promised") or {}).get("by")
        yield "promise", bool(mine) and by == wanted["promised_by"], f"{by} != {wanted['promised_by']}"
    yield from _interview_checks(wanted, mine)
    yield from _next_checks(wanted, mine, zone)
    if "contacts" in wanted:
        have = {c["address"] for c in mine.get("contacts", ())}
        yield "contacts", set(wanted["contacts"]) <= have, f"{have}"
    if "needs_review" in wanted:
        yield (
            "needs_review",
            mine.get("needs_review") == wanted["needs_review"],
            f"{mine.get('needs_review')}",
        )


def _named(wanted: list[str] | None, found: str | None) -> bool:
    if wanted is None:
        return found is None
    return found is not None and found.casefold() in {w.casefold() for w in wanted}


def _interview_checks(wanted: Json, mine: Json) -> Iterator[tuple[str, bool, str]]:
    live = [i for i in mine.get("interviews", ()) if i["status"] != "cancelled"]
    if "interview_start" in wanted:
        starts = [datetime.fromisoformat(i["start"]) for i in live]
        yield (
            "interview",
            datetime.fromisoformat(wanted["interview_start"]) in starts,
            f"{[i['start'] for i in live]}",
        )
    if "interview_count" in wanted:
        yield (
            "interview_count",
            len(live) == wanted["interview_count"],
            f"{len(live)} != {wanted['interview_count']}",
        )


def _next_checks(wanted: Json, mine: Json, zone: str) -> Iterator[tuple[str, bool, str]]:
    coming = mine.get("next") or {}
    if "next_action" in wanted:
        yield (
            "next",
            coming.get("action") in wanted["next_action"],
            f"{coming.get('action')} not in {wanted['next_action']}",
        )
    if "next_step" in wanted:
        yield (
            "next",
            coming.get("step") == wanted["next_step"],
            f"step {coming.get('step')} != {wanted['next_step']}",
        )
    if "next_due" in wanted:
        due = coming.get("due")
        day = datetime.fromisoformat(due).astimezone(ZoneInfo(zone)).date() if due else None
        first, last = (date.fromisoformat(d) for d in wanted["next_due"])
        yield "due", day is not None and first <= day <= last, f"{day} not in {wanted['next_due']}"


def _letter_checks(want: Json, draft: Draft, letters: Letters) -> Iterator[tuple[str, bool, str]]:
    yield "draft_to", set(draft.to) == set(want["to"]), f"{draft.to} != {want['to']}"
    yield "draft_cc", set(draft.cc) <= set(want.get("cc_may", ())), f"{draft.cc}"
    for choices in want.get("says_any", ()):
        yield "draft_says", any(c in draft.text for c in choices), f"none of {choices} in {draft.text!r}"
    for banned in want.get("never_says", ()):
        yield "draft_never_says", banned not in draft.text, f"{banned!r} in {draft.text!r}"
    if "max_words" in want:
        words = len(re.findall(r"\S+", draft.text))
        yield "draft_length", words <= want["max_words"], f"{words} > {want['max_words']}"
    if "language" in want:
        yield (
            "draft_language",
            language.detect(draft.text) == want["language"],
            f"{language.detect(draft.text)}",
        )
    if "in_reply_to" in want:
        expected = letters.message_id(want["in_reply_to"])
        yield (
            "draft_in_reply_to",
            draft.mime.get("In-Reply-To", "").strip() == expected,
            f"{draft.mime.get('In-Reply-To')}",
        )


def load(folder: Path) -> list[Json]:
    """All scenarios of a folder, by id."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
