"""The crank: ``Cycle.turn`` is one sync from the first request to the last row, whoever turns it (sync, run, demo)."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from agent.config import Config
from agent.core.model import normal_email
from agent.core.writing.compose import ComposeConfig
from agent.cycle.adopt import adopt, adopt_sent, pass_over, strangers
from agent.cycle.create import Creation, Materials
from agent.cycle.hands import Hands
from agent.cycle.lives import Lives, just_made, withdrawal_pending
from agent.cycle.reading import Fetched, Progress
from agent.cycle.report import TurnReport
from agent.cycle.restored import Gap, Recall
from agent.cycle.sync import Sync
from agent.cycle.thinking import Thinker, own_names
from agent.cycle.withdraw import withdraw
from agent.errors import AgentError, AuthError
from agent.gmail.client import Gmail
from agent.store.records import Account
from agent.store.store import Store

NO_GAP = Gap(None, None)
PASSES = 3  # a turn thinks again when mail came in while it wrote; the next turn is never far


@dataclass(slots=True)
class Cycle:
    """Everything one turn needs. ``clock`` is asked once a turn; ``sleep`` only where an answer was lost."""

    gmail: Gmail
    store: Store
    config: Config
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    compose: ComposeConfig = field(default_factory=ComposeConfig)
    materials: Materials = lambda _: ()
    progress: Progress = lambda *_: None

    def turn(self, *, full: bool = False, dry_run: bool = False) -> TurnReport:
        """One turn. ``dry_run`` works on a copy of the database and writes nothing to Gmail."""
        if dry_run:
            with _copy(self.store) as store:
                return replace(self, store=store).crank(full=full, dry_run=True)
        return self.crank(full=full, dry_run=False)

    def crank(self, *, full: bool, dry_run: bool) -> TurnReport:
        """The turn itself, on whatever store this is."""
        now = self.clock()
        before = self.gmail.usage
        account = self._account(full=full)
        report = TurnReport(account=account.address, started_at=now, dry_run=dry_run)
        with self.store.snapshot() as store:
            last, drafts, lost = store.runs(1), store.drafts(), store.lost_turn()
        interrupted = any(run.outcome != "ok" for run in last) or withdrawal_pending(drafts)
        fresh = just_made(drafts, now)
        gap = Gap(last[0].started_at if last else None, lost)
        run = self.store.start_run("full" if full else "partial", at=now)
        outcome = "stopped"
        try:
            self._passes(report, now, gap, full=full, interrupted=interrupted, fresh=fresh)
            outcome = "ok"
            self.store.remember_turn(run, at=now)
        except AgentError as error:
            outcome = type(error).__name__
            raise
        finally:
            report.http_requests = self.gmail.usage.http_requests - before.http_requests
            report.quota_units = self.gmail.usage.quota_units - before.quota_units
            report.messages_examined = self.store.examined()
            report.finished_at = self.clock()
            self.store.finish_run(run, at=report.finished_at, outcome=outcome, counts=report.counts())
        return report

    def _passes(
        self, report: TurnReport, now: datetime, gap: Gap, *, full: bool, interrupted: bool, fresh: bool
    ) -> None:
        """``interrupted``: the last turn was cut off, perhaps after it had stored mail that nobody has thought about,

        or the answer to a withdrawal was lost. ``fresh``: a draft was just made.
        """
        thinker = Thinker(self.store, self.config, now)
        for number in range(PASSES):
            fetched = self._sync(thinker, now, full=full and not number)
            report.mode = "full" if "full" in {report.mode, fetched.mode} else "partial"
            report.messages_fetched += fetched.fetched
            report.left = fetched.left
            report.problems += [p for p in fetched.problems if p not in report.problems]
            fetched.changed |= interrupted
            fetched.drafts_touched |= interrupted or fresh
            fetched.changed |= fetched.drafts_touched
            passed = None if interrupted or fetched.mode == "full" else fetched.drafts_came
            gap = Gap(gap.since, gap.until, passed) if not number else NO_GAP
            if not number and gap.until is None and not fetched.changed and not thinker.must_think():
                return
            if not self._act(thinker, fetched, report, now, gap):
                return

    def _sync(self, thinker: Thinker, now: datetime, *, full: bool) -> Fetched:
        return Sync(
            gmail=self.gmail,
            store=self.store,
            understand=thinker.read,
            lookback_days=self.config.gmail.lookback_days,
            now=now,
            found=lambda: [j.candidacy for j in thinker.think()],
            progress=self.progress,
        ).run(full=full)

    def _act(self, thinker: Thinker, fetched: Fetched, report: TurnReport, now: datetime, gap: Gap) -> bool:
        """Think, then do; True if another pass is needed."""
        lives = Lives(self.gmail, self.store, thinker.identity, now, self.sleep)
        zone, dry_run = self.config.policy.time_zone, report.dry_run
        hands = Hands(self.gmail, self.store, thinker.identity, lives, report, now, zone, self.clock, dry_run)
        creation = Creation(hands, self.compose, self.config.policy.max_drafts_per_day, self.materials)
        touched = fetched.drafts_touched or gap.until is not None
        recall = self._know_again(creation, thinker, gap) if touched else None
        lives.follow(touched=touched)
        if recall is not None:
            recall.finish()
            pass_over(hands, recall.left)
        judged, made = thinker.think(), len(report.created)
        withdrew = withdraw(hands, judged)
        stale = creation.create(judged)
        report.transitions += thinker.record(creation.in_the_way)
        report.candidacies = len(judged)
        if not self.config.storage.keep_mail_text:
            self.store.strip_text()
        return not report.dry_run and (stale or withdrew or len(report.created) > made)

    def _know_again(self, creation: Creation, thinker: Thinker, gap: Gap) -> Recall | None:
        """Take in the drafts of ours that the books do not know; where the books have a gap, the search for the others."""
        hands = creation.hands
        others = adopt(hands, strangers(hands))
        if gap.until is None and (gap.since is not None or not others):
            pass_over(hands, others)
            return None
        adopt_sent(hands)
        recall = Recall(creation, thinker, gap, list(others))
        recall.recall()
        return recall

    def _account(self, *, full: bool) -> Account:
        """The account as stored; on the first and on a full turn, as Gmail has it now."""
        stored = self.store.account()
        wanted = self.config.account.address
        if stored is not None and not full and stored.history_id:
            _same_mailbox(wanted, stored.address)
            return stored
        profile = self.gmail.profile()
        _same_mailbox(wanted, profile.email)
        if stored is not None:
            _same_mailbox(stored.address, profile.email)
        send_as = self.gmail.send_as()
        account = Account(
            address=profile.email,
            history_id=stored.history_id if stored else "",
            names=own_names(self.config.account.name, send_as),
            send_as=send_as,
            last_sync=stored.last_sync if stored else None,
        )
        self.store.save_account(account)
        return account


def _same_mailbox(wanted: str, found: str) -> None:
    if wanted and normal_email(wanted) != normal_email(found):
        raise AuthError(
            "the token belongs to another mailbox than the one configured or stored",
            (
                f"expected {wanted}",
                f"the token opens {found}",
                "run `followup-agent auth` and choose the right account",
            ),
        )


@contextmanager
def _copy(store: Store) -> Iterator[Store]:
    """A throw-away copy of the database."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dry-run.db"
        store.backup(path)
        with Store.open(path) as copy:
            yield copy
