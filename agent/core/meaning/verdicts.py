"""Which of a message's signals stand once all have been heard: what silences what, as a table."""

from __future__ import annotations

from dataclasses import replace

from agent.core.model import Signal, SignalKind, Strength

K = SignalKind

_REPORTS = frozenset({K.BOUNCE, K.DELAY, K.READ_RECEIPT, K.RSVP})
_MACHINE = _REPORTS | {K.OUT_OF_OFFICE, K.ROBOT}
_ALWAYS = _MACHINE | {
    K.ATS,
    K.SCHEDULER,
    K.LIST_MAIL,
    K.JOB_ALERT,
    K.SUSPICIOUS,
    K.JOB_TOPIC,
    K.INTERVIEW_TOPIC,
    K.NOT_A_JOB_INTERVIEW,
    K.USER_IS_INTERVIEWER,
}
_NEWS = frozenset(
    {K.INVITATION, K.AVAILABILITY_REQUEST, K.CONFIRMATION, K.RESCHEDULE, K.CANCELLATION, K.HOLDING, K.PROMISE_WITHDRAWN, K.QUESTION, K.NEXT_ROUND,
     K.REJECTION, K.OFFER, K.ON_HOLD, K.POSITION_CLOSED, K.ACKNOWLEDGEMENT, K.COLD_OUTREACH, K.THANK_YOU, K.FOLLOW_UP, K.ACCEPTANCE, K.AVAILABILITY, K.WITHDRAWAL}
)  # fmt: skip

# (a strong signal of this kind, silences signals of these kinds: strong and weak ones)
_SILENCES: tuple[tuple[SignalKind, frozenset[SignalKind]], ...] = (
    (K.REJECTION, frozenset({K.OFFER, K.NEXT_ROUND, K.INVITATION, K.HOLDING, K.ACKNOWLEDGEMENT, K.CONFIRMATION, K.COURTESY, K.COLD_OUTREACH, K.AVAILABILITY_REQUEST, K.PROMISE_WITHDRAWN})),
    (K.OFFER, frozenset({K.HOLDING, K.ACKNOWLEDGEMENT, K.COLD_OUTREACH, K.INVITATION, K.CONFIRMATION})),
    (K.NEXT_ROUND, frozenset({K.HOLDING, K.ACKNOWLEDGEMENT, K.COLD_OUTREACH})),
    (K.INVITATION, frozenset({K.HOLDING, K.ACKNOWLEDGEMENT})),
    (K.AVAILABILITY_REQUEST, frozenset({K.ACKNOWLEDGEMENT})),
    (K.RESCHEDULE, frozenset({K.CANCELLATION})),
    (K.CANCELLATION, frozenset({K.CONFIRMATION})),
    (K.WITHDRAWAL, frozenset({K.FOLLOW_UP, K.ACCEPTANCE, K.AVAILABILITY, K.THANK_YOU, K.QUESTION})),
    (K.ON_HOLD, frozenset({K.HOLDING, K.ACKNOWLEDGEMENT, K.OFFER})),
)  # fmt: skip
# Weak signals of the first kind do not survive any signal of the second.
_EXPLAINS: tuple[tuple[SignalKind, frozenset[SignalKind]], ...] = (
    (K.REJECTION, frozenset({K.RESCHEDULE, K.CANCELLATION, K.HOLDING, K.NEXT_ROUND, K.OFFER, K.INVITATION, K.ON_HOLD, K.AVAILABILITY_REQUEST, K.ACKNOWLEDGEMENT, K.CONFIRMATION, K.PROMISE_WITHDRAWN})),
    (K.THANK_YOU, frozenset({K.ACCEPTANCE, K.AVAILABILITY, K.FOLLOW_UP, K.WITHDRAWAL})),
    (K.OFFER, frozenset({K.HOLDING, K.INVITATION, K.REJECTION})),
    (K.FOLLOW_UP, frozenset({K.ACCEPTANCE, K.AVAILABILITY, K.THANK_YOU})),
    (K.COLD_OUTREACH, frozenset({K.HOLDING, K.CONFIRMATION})),
)  # fmt: skip


_REGRETS = (".regret", ".leider", ".malheureusement", ".lamentablemente")
# what a mail that closes the door does not do
_AHEAD = frozenset({K.QUESTION, K.FOLLOW_UP, K.THANK_YOU, K.ACCEPTANCE, K.COLD_OUTREACH, K.NOT_A_JOB_INTERVIEW, K.LIST_MAIL, K.JOB_ALERT, K.SUSPICIOUS, K.USER_IS_INTERVIEWER})  # fmt: skip


def verdict(signals: tuple[Signal, ...]) -> tuple[Signal, ...]:
    """The signals that stand. Topics and machine marks are never silenced; of each kind only the strong ones, if any."""
    stand = _without_machine_talk(signals)
    strong = {s.kind for s in stand if s.strength is Strength.STRONG}
    for kind, silenced in _SILENCES:
        if kind in strong:
            stand = [s for s in stand if s.kind not in silenced or s.kind is kind]
            strong = {s.kind for s in stand if s.strength is Strength.STRONG}
    for kind, explained_by in _EXPLAINS:
        if {s.kind for s in stand} & explained_by:
            stand = [s for s in stand if s.kind is not kind or s.strength is Strength.STRONG]
    stand = _said_twice(stand)
    if {s.kind for s in stand} & _NEWS:
        stand = [s for s in stand if s.kind is not K.COURTESY]
    strong = {s.kind for s in stand if s.strength is Strength.STRONG}
    return tuple(_demoted([s for s in stand if s.strength is Strength.STRONG or s.kind not in strong]))


def _said_twice(signals: list[Signal]) -> list[Signal]:
    """Two different weak words of a refusal (regret, and a farewell or comfort) are a strong one, if nothing looks ahead."""
    weak = [s for s in signals if s.kind is K.REJECTION and s.strength is Strength.WEAK]
    regret = [s for s in weak if s.rule.endswith(_REGRETS)]
    parting = [s for s in weak if not s.rule.endswith(_REGRETS)]
    if not regret or not parting or any(s.kind in _AHEAD for s in signals):
        return signals
    return [replace(s, strength=Strength.STRONG) if s is regret[0] else s for s in signals]


def _without_machine_talk(signals: tuple[Signal, ...]) -> list[Signal]:
    """A bounce, a receipt or an absence note states nothing else, whatever words it holds."""
    if any(s.kind in _REPORTS for s in signals):
        return [s for s in signals if s.kind in _ALWAYS - {K.ROBOT, K.OUT_OF_OFFICE}]
    if any(s.kind in _MACHINE for s in signals):
        return [s for s in signals if s.kind in _ALWAYS or s.kind is K.ACKNOWLEDGEMENT]
    return list(signals)


def _demoted(signals: list[Signal]) -> list[Signal]:
    """Bulk mail proves little: what it states is weak evidence, except that it may say no."""
    bulk = any(s.kind in {K.LIST_MAIL, K.JOB_ALERT} and s.strength is Strength.STRONG for s in signals)
    if not bulk:
        return signals
    spared = {K.REJECTION, K.POSITION_CLOSED, K.LIST_MAIL, K.JOB_ALERT, K.SUSPICIOUS, K.NOT_A_JOB_INTERVIEW}
    return [s if s.kind in spared else replace(s, strength=Strength.WEAK) for s in signals]
