"""State + policy + now → what is due, what comes next and when to look again.

``wishes`` lists all that a state could ever ask, each with its window; it knows no clock. ``outlook`` splits them by ``now``.
The business-day arithmetic is ``docs/policy.md`` in code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from agent.core.dates.calendar_days import Calendar, add_business_days, business_day_from, instant
from agent.core.model import (
    Action,
    ActionKind,
    Disposition,
    Interview,
    InterviewStatus,
    Policy,
    Promise,
    State,
    Status,
    Turn,
)

ENDED = {
    Disposition.ON_HOLD: Status.ON_HOLD,
    Disposition.OFFER: Status.OFFER,
    Disposition.REJECTED: Status.REJECTED,
    Disposition.WITHDRAWN: Status.WITHDRAWN,
    Disposition.CANCELLED: Status.CANCELLED,
    Disposition.IGNORED: Status.IGNORED,
}


@dataclass(frozen=True, slots=True)
class Outlook:
    """How a candidacy looks at one instant. ``due`` is the draft to make now; ``next`` what comes next, due or not.

    ``live_keys`` are the keys of all drafts that may stand at this instant: one that is not among them is overtaken.
    ``wake_at`` is the next instant at which this answer changes, None if only new mail can change it.
    """

    status: Status
    since: datetime | None
    due: Action | None
    next: Action | None
    live_keys: frozenset[str]
    wake_at: datetime | None
    in_the_way: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """Policy, calendar and zone in one hand."""

    policy: Policy
    calendar: Calendar

    @classmethod
    def of(cls, policy: Policy) -> Rules:
        return cls(policy, Calendar.of(policy))

    def day(self, at: datetime) -> date:
        """The account's local day of an instant."""
        return at.astimezone(ZoneInfo(self.policy.time_zone)).date()

    def opening(self, day: date) -> datetime:
        """The instant from which drafts appear on a day (``draft_from``), as UTC."""
        return instant(day, self.policy.draft_from, self.policy.time_zone)

    def after(self, day: date, business_days: int) -> date:
        return add_business_days(day, business_days, self.calendar)


def wishes(state: State, anchor_thread_id: str, rules: Rules) -> tuple[Action, ...]:
    """Everything the present state could ask for, in order of time, whatever the clock says."""
    if state.disposition is not Disposition.OPEN or not _over(state):
        return ()
    return tuple(_wishes(state, anchor_thread_id, rules))


def _wishes(state: State, thread: str, rules: Rules) -> Iterator[Action]:
    if state.thank_you_sent_at is None and not state.follow_ups_sent:
        yield from _thank_yous(state, thread, rules)
    if len(state.follow_ups_sent) < rules.policy.max_follow_ups:
        yield _follow_up(state, thread, rules)
    else:
        yield _move_on(state, thread, rules)


def outlook(
    state: State, anchor_thread_id: str, rules: Rules, now: datetime, doubts: tuple[str, ...] = ()
) -> Outlook:
    """Status, due and next actions, and when to look again, at ``now``. ``doubts`` (needs review) hold drafts back."""
    asked = wishes(state, anchor_thread_id, rules)
    status, since = _status(state, asked, now)
    open_now = [a for a in asked if a.due <= now and (a.until is None or now < a.until)]
    in_the_way = (*doubts, *_held_back(state, now))
    wanted = [a for a in open_now if _wanted(a, status)]
    due = wanted[0] if wanted and not in_the_way else None
    live = frozenset(a.key for a in wanted if not in_the_way)
    return Outlook(
        status=status,
        since=since,
        due=due,
        next=_next(asked, status, now),
        live_keys=live,
        wake_at=_wake_at(state, asked, now),
        in_the_way=in_the_way if wanted else (),
    )


def _held_back(state: State, now: datetime) -> tuple[str, ...]:
    """Reasons to hold back; what was unclear before an interview is settled by its having taken place."""
    since = state.held_back_at
    if since is not None and any(since < i.end for i in _held(state, now)):
        return ()
    return state.hold_back


def _wanted(action: Action, status: Status) -> bool:
    """A letter goes with its status; an earlier interview's thank-you is also wanted while the next one lies ahead."""
    match action.kind:
        case ActionKind.THANK_YOU:
            return status in {Status.THANK_YOU_DUE, Status.SCHEDULED}
        case ActionKind.FOLLOW_UP:
            return status is Status.FOLLOW_UP_DUE
        case _:
            return False


# ── how it looks ──


def _status(state: State, asked: tuple[Action, ...], now: datetime) -> tuple[Status, datetime | None]:
    if state.disposition is not Disposition.OPEN:
        return ENDED[state.disposition], state.since
    ahead = [i for i in _of_round(state) if i.end > now]
    fixed = [i for i in ahead if i.status is InterviewStatus.CONFIRMED]
    if fixed:
        return Status.SCHEDULED, state.since
    held = [i.end for i in _held(state, now)]
    if _asked(state, held):
        later = bool(held) or state.round > 1 or state.asked == "answer" or state.held_at is not None
        return (Status.YOUR_TURN if later else Status.SCHEDULING), state.asked_at
    if ahead or state.scheduling or not (held or state.held_at):
        return Status.SCHEDULING, state.since
    return _waiting(asked, now, max(held, default=state.held_at))


def _asked(state: State, held: list[datetime]) -> bool:
    """True if the employer's request still stands: asked, unanswered, and not overtaken by the interview itself."""
    if state.turn is not Turn.MINE or state.asked_at is None:
        return False
    return not any(end > state.asked_at for end in held)


def _waiting(
    asked: tuple[Action, ...], now: datetime, held: datetime | None
) -> tuple[Status, datetime | None]:
    """After the interview: thanks, while there is time for them; then what comes last, the follow-up or moving on."""
    *thanks, last = asked
    if any(a.until is not None and now < a.until for a in thanks):
        return Status.THANK_YOU_DUE, held
    if now < last.due:
        return Status.WAITING, last.anchor_at
    return (Status.FOLLOW_UP_DUE if last.kind is ActionKind.FOLLOW_UP else Status.MOVED_ON), last.due


def _next(asked: tuple[Action, ...], status: Status, now: datetime) -> Action | None:
    if status not in {Status.THANK_YOU_DUE, Status.FOLLOW_UP_DUE, Status.WAITING, Status.SCHEDULED}:
        return None
    return next((a for a in asked if a.until is None or now < a.until), None)


def _wake_at(state: State, asked: tuple[Action, ...], now: datetime) -> datetime | None:
    instants = [i for a in asked for i in (a.due, a.until) if i is not None]
    instants += [i for interview in state.live_interviews for i in (interview.start, interview.end)]
    return min((i for i in instants if i > now), default=None)


# ── what it asks for ──


def _of_round(state: State) -> list[Interview]:
    return [i for i in state.live_interviews if i.round == state.round]


def _held(state: State, now: datetime) -> list[Interview]:
    return [i for i in _of_round(state) if i.end <= now and i.status is InterviewStatus.CONFIRMED]


def _over(state: State) -> bool:
    return state.held_at is not None or any(i.status is InterviewStatus.CONFIRMED for i in _of_round(state))


def _ends(state: State) -> list[datetime]:
    return [i.end for i in _of_round(state) if i.status is InterviewStatus.CONFIRMED]


def interview_day(state: State, rules: Rules) -> date:
    """The (last) local day of the round's interview."""
    starts = [i.start for i in _of_round(state) if i.status is InterviewStatus.CONFIRMED]
    return rules.day(max(starts) if starts else state.held_at or datetime.min.replace(tzinfo=UTC))


def _thank_yous(state: State, thread: str, rules: Rules) -> Iterator[Action]:
    """One for each day of interviews in the round; one that another interview overtakes is offered until that begins."""
    held = sorted(
        (i for i in _of_round(state) if i.status is InterviewStatus.CONFIRMED),
        key=lambda interview: interview.start,
    )
    for number, interview in enumerate(held):
        if state.thanked_until is not None and interview.end <= state.thanked_until:
            continue
        later = held[number + 1].start if number + 1 < len(held) else None
        if later is None or rules.day(later) != rules.day(interview.start):
            yield _thank_you(interview, later, state, thread, rules)


def _thank_you(
    interview: Interview, later: datetime | None, state: State, thread: str, rules: Rules
) -> Action:
    end, policy = interview.end, rules.policy
    until = end + timedelta(hours=policy.thank_you_until_hours)
    return Action(
        kind=ActionKind.THANK_YOU,
        step=1,
        due=_snoozed(end + timedelta(hours=policy.thank_you_after_hours), state, rules),
        until=min(until, later) if later else until,
        key=f"thank_you:1:{thread}:r{state.round}:{rules.day(interview.start).isoformat()}",
        anchor_at=end,
        reason=f"the interview ended {_at(end, rules)}; a thank-you is drafted {policy.thank_you_after_hours:g} h later",
    )


def _follow_up(state: State, thread: str, rules: Rules) -> Action:
    step = len(state.follow_ups_sent) + 1
    day, reason, promise = _wait(state, rules)
    due = _snoozed(rules.opening(day), state, rules)
    return Action(
        kind=ActionKind.FOLLOW_UP,
        step=step,
        due=due,
        until=None,
        key=f"follow_up:{step}:{thread}:r{state.round}:{state.anchor or interview_day(state, rules).isoformat()}",
        anchor_at=_anchor_at(state),
        reason=reason,
        because_promise=promise,
    )


def _move_on(state: State, thread: str, rules: Rules) -> Action:
    days = rules.policy.move_on_days
    anchor = _anchor_at(state)
    day = rules.after(rules.day(anchor), days)
    reason = f"{days} business days after {_at(anchor, rules)}, the last word in this wait"
    promise = _standing(state, rules)
    if promise is not None and rules.after(promise.by, days) > day:
        day, reason = rules.after(promise.by, days), f"{days} business days after the promised {promise.by}"
    day, reason = _absent(state, rules, day, reason)
    return Action(
        kind=ActionKind.MOVE_ON,
        step=1,
        due=_snoozed(rules.opening(day), state, rules),
        until=None,
        key=f"move_on:1:{thread}:r{state.round}:{state.anchor}",
        anchor_at=anchor,
        reason=reason,
    )


def _wait(state: State, rules: Rules) -> tuple[date, str, Promise | None]:
    """The day on which the follow-up becomes due, the arithmetic in words, and the promise it rests on."""
    day, reason = _unpromised(state, rules)
    promise = _standing(state, rules)
    rests_on = None
    if promise is not None:
        grace = rules.policy.promised_grace_days
        promised = rules.after(promise.by, grace)
        if not (_overtaken(state, promise, rules) and day >= promised):
            day, reason = (
                promised,
                f"they promised an answer by {promise.by}; {grace} business days past it is {promised}",
            )
        rests_on = promise
    day, reason = _absent(state, rules, day, reason)
    return day, reason, rests_on


def _overtaken(state: State, promise: Promise, rules: Rules) -> bool:
    """True if the wait began anew after the promise: by a reply, a follow-up, or an answer once its day had come."""
    at = state.anchor_at
    if at is None or at <= promise.said_at:
        return False
    asked = state.anchor.startswith("answer:") and rules.day(at) >= promise.by
    return asked or state.anchor.startswith(("reply:", "follow_up:"))


def _unpromised(state: State, rules: Rules) -> tuple[date, str]:
    days, start = rules.policy.first_follow_up_days, state.anchor_at
    began = rules.day(start) if start else interview_day(state, rules)
    if start is None:
        what = "the interview"
    elif state.anchor.startswith("follow_up:"):
        what, days = "your last follow-up", rules.policy.second_follow_up_days
    elif state.anchor.startswith("reply:"):
        what = "their last reply"
    else:
        what = "your answer to their question"
    day = rules.after(began, days)
    return day, f"{days} business days after {what} of {began} is {day}"


def _standing(state: State, rules: Rules) -> Promise | None:
    """The promise, unless it was about an earlier thing (made before the interview and due before it)."""
    promise = state.promise
    if promise is None:
        return None
    return promise if promise.by >= interview_day(state, rules) else None


def _absent(state: State, rules: Rules, day: date, reason: str) -> tuple[date, str]:
    if state.absent_until is None:
        return day, reason
    back = rules.after(state.absent_until, 1)
    if back <= day:
        return day, reason
    return back, f"they are away until {state.absent_until}; one business day later is {back}"


def _anchor_at(state: State) -> datetime:
    at = state.anchor_at or max(_ends(state), default=state.held_at)
    assert at is not None
    return at


def _snoozed(due: datetime, state: State, rules: Rules) -> datetime:
    """Not before the user wants it; then from the usual hour of the first business day."""
    if state.snoozed_until is None or state.snoozed_until <= due:
        return due
    return max(
        state.snoozed_until, rules.opening(business_day_from(rules.day(state.snoozed_until), rules.calendar))
    )


def _at(at: datetime, rules: Rules) -> str:
    return f"{at.astimezone(ZoneInfo(rules.policy.time_zone)):%Y-%m-%d %H:%M}"
