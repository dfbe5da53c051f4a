"""How an interview comes to be: invites, times announced, times offered, acceptances, changes and cancellations.

The one mutable thing of the fold: it is fed message by message and answers with the interviews of the candidacy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from agent.core.model import (
    Interview,
    InterviewStatus,
    Invite,
    Message,
    StatedTime,
)

USUAL_LENGTH = timedelta(hours=1)
SAME_START = timedelta(minutes=20)
LONGEST = timedelta(hours=12)
HALF_DAY = timedelta(hours=12)
# "7:30" said back to "7:30 am" is the same time; "7:30 pm" is not
_HALF_NAMED = re.compile(
    r"[ap]\.?m\b|uhr|\bh\b|\d\s?h|morning|evening|noon|morgen|abend|matin|soir|mañana|tarde|noche",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Arrangement:
    """The interviews so far, and the times that either side has offered and nobody has taken yet."""

    interviews: list[Interview] = field(default_factory=list)
    offers: list[StatedTime] = field(default_factory=list)  # by the employer
    wishes: list[StatedTime] = field(default_factory=list)  # by the user
    round: int = 1
    versions: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    # ── questions ──

    def of_round(self) -> list[Interview]:
        return [
            i for i in self.interviews if i.round == self.round and i.status is not InterviewStatus.CANCELLED
        ]

    def ahead(self, at: datetime) -> list[Interview]:
        """Interviews not yet over at this instant."""
        return [i for i in self.of_round() if i.end > at]

    def fixed_ahead(self, at: datetime) -> bool:
        """True if a confirmed interview is not over yet."""
        return any(i.status is InterviewStatus.CONFIRMED for i in self.ahead(at))

    def behind(self, at: datetime) -> list[Interview]:
        """Interviews whose time had come at this instant, proposals that nobody confirmed aside."""
        return [i for i in self.of_round() if i.start <= at and i.status is InterviewStatus.CONFIRMED]

    # ── deeds ──

    def open_round(self) -> None:
        self.round += 1
        self.offers.clear()
        self.wishes.clear()

    def set_apart_later_days(self, at: datetime, zone: ZoneInfo) -> bool:
        """The user has thanked for one interview while another, on a later day, lies ahead.

        That is the next round, unless one mail announced them both. True if there is such a one.
        """
        behind, ahead = self.behind(at), [i for i in self.ahead(at) if i.start > at]
        if (
            not behind
            or not ahead
            or behind[-1].start.astimezone(zone).date() == ahead[0].start.astimezone(zone).date()
        ):
            return False
        if behind[-1].gmail_id == ahead[0].gmail_id:
            return True
        self.round += 1
        for interview in ahead:
            self._swap(interview, replace(interview, round=self.round))
        return True

    def invited(self, invite: Invite, message: Message) -> bool:
        """Take in one VEVENT; True if something changed. The highest SEQUENCE, then DTSTAMP, rules (RFC 5546, 2.1.5)."""
        key = f"{invite.uid}\0{invite.recurrence_id}"
        version = (invite.sequence, invite.stamp or message.internal_date)
        known = self.versions.get(key)
        if invite.start is None or (known is not None and version < known):
            return False
        cancelled = invite.method == "CANCEL" or invite.status == "CANCELLED"
        if (
            cancelled
            and known is None
            and not any(abs(i.start - invite.start) <= SAME_START for i in self.interviews)
        ):
            return False
        self.versions[key] = version
        if cancelled:
            return self._cancel_invite(key, invite)
        self._put(_from_invite(invite, message, key, self.round), replaces=key)
        return True

    def announced(self, times: list[StatedTime], message: Message, *, replaces_others: bool) -> bool:
        """The employer names a fixed time; with ``replaces_others`` it takes the place of what lay ahead."""
        fresh = [_from_words(time, message, InterviewStatus.CONFIRMED, self.round) for time in times]
        if replaces_others:
            self._drop_ahead(message.internal_date, keep=fresh)
        for interview in fresh:
            self._put(interview)
        self.offers.clear()
        self.wishes.clear()
        return bool(fresh)

    def offered(self, times: list[StatedTime], message: Message, *, by_me: bool) -> None:
        """Somebody proposes times; a single proposal of the employer's is kept as a tentative interview."""
        target = self.wishes if by_me else self.offers
        target[:] = times
        if not by_me and len(times) == 1 and not self._near(times[0].start):
            self._put(_from_words(times[0], message, InterviewStatus.TENTATIVE, self.round))

    def accepted(self, times: list[StatedTime], message: Message, *, by_me: bool) -> bool:
        """One side says yes: to the time it repeats, else to the only one on the table. False if it cannot be told."""
        table = self.offers if by_me else self.wishes
        chosen = [offer for offer in table if any(_same(offer, time) for time in times)]
        if not chosen and not times and len(table) == 1:
            chosen = list(table)
        if not chosen and not times:
            return self._confirm_only_tentative(message.internal_date)
        if not chosen:
            return self._confirm_matching(times)
        for offer in chosen[:1]:
            self._put(_from_words(offer, message, InterviewStatus.CONFIRMED, self.round))
        self._drop_tentative(message.internal_date)
        self.offers.clear()
        self.wishes.clear()
        return True

    def called_off(self, at: datetime) -> bool:
        """Whatever lay ahead is cancelled; True if something did."""
        return self._drop_ahead(at, keep=[])

    def missed(self, at: datetime) -> bool:
        """The latest interview whose time has just passed did not take place after all (moved after the fact)."""
        recent = [i for i in self.of_round() if i.start <= at < i.end + timedelta(days=2)]
        for interview in recent[-1:]:
            self._swap(interview, replace(interview, status=InterviewStatus.CANCELLED))
        return bool(recent)

    def doubted(self, at: datetime) -> None:
        """The user asks to move what lies ahead: tentative until the employer answers."""
        for interview in self.ahead(at):
            self._swap(interview, replace(interview, status=InterviewStatus.TENTATIVE))

    # ── inside ──

    def _swap(self, old: Interview, new: Interview) -> None:
        self.interviews[self.interviews.index(old)] = new

    def _near(self, start: datetime) -> Interview | None:
        return next((i for i in self.of_round() if abs(i.start - start) <= SAME_START), None)

    def _put(self, new: Interview, *, replaces: str = "") -> None:
        """Add an interview, or let it refine the one it means: same UID, same start, or same day read from words."""
        for old in list(self.interviews):
            if old.status is InterviewStatus.CANCELLED and old.uid != new.uid:
                continue
            if replaces and old.uid == new.uid and old.uid:
                self._swap(old, replace(new, round=old.round if old.start == new.start else new.round))
                return
            if old.round == self.round and _refines(new, old):
                self._swap(old, _refined(old, new))
                return
        self.interviews.append(new)
        self.interviews.sort(key=lambda i: (i.start, i.uid))

    def _cancel_invite(self, key: str, invite: Invite) -> bool:
        uid = key.partition("\0")[0]
        hit = [i for i in self.interviews if i.uid == uid] or [
            i for i in self.interviews if invite.start and abs(i.start - invite.start) <= SAME_START
        ]
        for interview in hit:
            self._swap(interview, replace(interview, status=InterviewStatus.CANCELLED))
        return bool(hit)

    def _drop_ahead(self, at: datetime, *, keep: list[Interview]) -> bool:
        dropped = [i for i in self.ahead(at) if not any(abs(k.start - i.start) <= SAME_START for k in keep)]
        for interview in dropped:
            self._swap(interview, replace(interview, status=InterviewStatus.CANCELLED))
        return bool(dropped)

    def _drop_tentative(self, at: datetime) -> None:
        self.interviews = [
            i
            for i in self.interviews
            if not (i.status is InterviewStatus.TENTATIVE and i.round == self.round and i.end > at)
        ]

    def _confirm_only_tentative(self, at: datetime) -> bool:
        tentative = [i for i in self.ahead(at) if i.status is InterviewStatus.TENTATIVE]
        if len(tentative) != 1:
            return False
        self._swap(tentative[0], replace(tentative[0], status=InterviewStatus.CONFIRMED))
        return True

    def _confirm_matching(self, times: list[StatedTime]) -> bool:
        for interview in self.of_round():
            if any(_same_clock(interview.start, interview.time_zone, time) for time in times):
                self._swap(interview, replace(interview, status=InterviewStatus.CONFIRMED))
                return True
        return False


def _same(offer: StatedTime, time: StatedTime) -> bool:
    return _same_clock(offer.start, offer.time_zone, time)


def _same_clock(start: datetime, zone: str, time: StatedTime) -> bool:
    """Equal instants, or the same wall clock read in two zones ("Tuesday at 2", said on both sides of a border)."""
    if abs(start - time.start) <= SAME_START:
        return True
    if time.zone_stated:
        return False
    apart = abs(_wall(start, zone) - _wall(time.start, time.time_zone))
    return apart == timedelta() or (apart == HALF_DAY and not _HALF_NAMED.search(time.span))


def _wall(at: datetime, zone: str) -> datetime:
    try:
        return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    except (KeyError, ValueError):
        return at.replace(tzinfo=None)


def _refines(new: Interview, old: Interview) -> bool:
    """True if ``new`` speaks of the interview that ``old`` is: same start, or the same day where one was read from words."""
    if new.uid and old.uid and new.uid != old.uid:
        return False
    if abs(new.start - old.start) <= SAME_START:
        return True
    same_day = _wall(new.start, new.time_zone).date() == _wall(old.start, old.time_zone).date()
    return (
        same_day
        and new.gmail_id != old.gmail_id
        and ("ical" in {new.source, old.source})
        and "text" in {new.source, old.source}
    )


def _refined(old: Interview, new: Interview) -> Interview:
    """The surer of the two: an invite outranks words; a confirmation is not undone by a mere repetition."""
    better, other = (old, new) if old.source == "ical" and new.source == "text" else (new, old)
    confirmed = InterviewStatus.CONFIRMED in {old.status, new.status}
    keep_end = (
        better.end if better.end - better.start != USUAL_LENGTH else better.start + (other.end - other.start)
    )
    return replace(
        better,
        status=InterviewStatus.CONFIRMED if confirmed else better.status,
        end=keep_end,
        attendees=tuple(dict.fromkeys((*better.attendees, *other.attendees))),
        uid=better.uid or other.uid,
        round=old.round,
    )


def _from_invite(invite: Invite, message: Message, key: str, round_: int) -> Interview:
    start = invite.start
    assert start is not None
    end = invite.end if invite.end and start < invite.end <= start + LONGEST else start + USUAL_LENGTH
    tentative = invite.status == "TENTATIVE" or invite.all_day
    return Interview(
        start=start,
        end=end,
        time_zone=invite.time_zone,
        status=InterviewStatus.TENTATIVE if tentative else InterviewStatus.CONFIRMED,
        source="ical",
        uid=key.partition("\0")[0],
        gmail_id=message.gmail_id,
        thread_id=message.thread_id,
        quote=invite.summary[:200],
        attendees=tuple(a.address for a in invite.attendees),
        round=round_,
    )


def _from_words(time: StatedTime, message: Message, status: InterviewStatus, round_: int) -> Interview:
    end = (
        time.end if time.end and time.start < time.end <= time.start + LONGEST else time.start + USUAL_LENGTH
    )
    return Interview(
        start=time.start,
        end=end,
        time_zone=time.time_zone,
        status=status,
        source="text",
        gmail_id=message.gmail_id,
        thread_id=message.thread_id,
        quote=(time.sentence or time.span)[:200],
        round=round_,
    )
