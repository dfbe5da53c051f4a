"""Gmail's search box: a query becomes a test that a message passes or fails.

Operators as in Gmail Help 7190, as far as a mail client needs them; an operator not known is taken as words.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from agent.demo.ledger import Ledger
from agent.demo.mail import flow, stem, words
from agent.demo.quirks import Quirks
from agent.demo.records import Stored

Test = Callable[[Stored], bool]

PST = timezone(timedelta(hours=-8))  # dates in queries are midnight PST, whatever the user's zone
_TOKEN = re.compile(r'\s*(?:([(){}])|(-)(?=\S)|((?:[\w-]+:)?"[^"]*"?)|([^\s(){}"]+))')
_DATE = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})")
_AGE = re.compile(r"(\d{1,5})([hdmy])")
_ADDRESS_FIELDS = {
    "from": ("From",),
    "to": ("To", "Cc", "Bcc"),
    "cc": ("Cc",),
    "bcc": ("Bcc",),
    "subject": ("Subject",),
    "list": ("List-ID",),
    "deliveredto": ("Delivered-To",),
}
_OPERATORS = (
    *_ADDRESS_FIELDS,
    *("in", "label", "is", "category", "has", "filename", "rfc822msgid"),
    *("after", "before", "newer_than", "older_than", "newer", "older"),
)
_UNCOVERING = frozenset(("in:anywhere", "in:spam", "in:trash", "label:spam", "label:trash"))
_PLACES = {"drafts": "DRAFT", "draft": "DRAFT", "chats": "CHAT", "sent": "SENT"}
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "m": timedelta(days=30), "y": timedelta(days=365)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where a query is asked: the mailbox, its owner's address, the present, the quirks of the day."""

    ledger: Ledger
    me: str
    now: datetime
    quirks: Quirks


def search(query: str, scope: Scope, *, include_spam_trash: bool = False) -> Test:
    """The test for `query`; spam and bin are left out unless asked for."""
    tokens = _tokens(query)
    reader = _Reader(tokens, scope)
    matches = reader.all_of(None)
    named = {token.lower() for before, token in zip(["", *tokens], tokens, strict=False) if before != "-"}
    if include_spam_trash or not named.isdisjoint(_UNCOVERING):
        return matches
    return lambda one: one.labels.isdisjoint({"SPAM", "TRASH"}) and matches(one)


def _tokens(query: str) -> list[str]:
    found = []
    for bracket, minus, quoted, bare in _TOKEN.findall(query):
        found.append(bracket or minus or quoted or bare)
    return found


class _Reader:
    """Recursive descent: a group is a row of terms; `OR` binds its two neighbours."""

    def __init__(self, tokens: list[str], scope: Scope) -> None:
        self._tokens = tokens
        self._at = 0
        self._scope = scope

    def all_of(self, operator: str | None, until: str = "") -> Test:
        """Every term up to the closing bracket must match; terms joined by OR count as one."""
        groups = [group for group in self._groups(operator, until) if group]
        return lambda one: all(any(test(one) for test in group) for group in groups)

    def any_of(self, operator: str | None) -> Test:
        """One term within braces is enough."""
        tests = [test for group in self._groups(operator, "}") for test in group]
        return lambda one: any(test(one) for test in tests)

    def _groups(self, operator: str | None, until: str) -> list[list[Test]]:
        groups: list[list[Test]] = []
        joined = False
        while self._at < len(self._tokens):
            token = self._next()
            if token == until and until:
                break
            if token in {"OR", "|"}:
                joined = True
            elif token != "AND" and (test := self._term(token, operator)) is not None:  # noqa: S105 (a word)
                if joined and groups:
                    groups[-1].append(test)
                else:
                    groups.append([test])
                joined = False
        return groups

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _term(self, token: str, operator: str | None) -> Test | None:
        if token == "-":  # noqa: S105 (a sign)
            if self._at >= len(self._tokens):
                return None
            test = self._term(self._next(), operator)
            return None if test is None else lambda one: not test(one)
        if token == "(":  # noqa: S105 (a bracket)
            return self.all_of(operator, ")")
        if token == "{":  # noqa: S105 (a bracket)
            return self.any_of(operator)
        if token in {")", "}"}:
            return None
        name, colon, value = token.partition(":")
        if operator is None and colon and name.lower() in _OPERATORS:
            if not value and self._at < len(self._tokens) and self._tokens[self._at] in {"(", "{"}:
                return self._term(self._next(), name.lower())
            return _operator(name.lower(), value.strip('"'), self._scope)
        if operator is not None:
            return _operator(operator, token.strip('"'), self._scope)
        return _words(token)


def _words(token: str) -> Test | None:
    """A bare word matches by stem, `+word` and a quoted phrase as written."""
    wanted = words(token)
    if not wanted:
        return None
    if len(wanted) == 1 and not token.startswith(("+", '"')):
        root = stem(wanted[0])
        return lambda one: root in one.mail.stems
    phrase = flow(token)
    return lambda one: phrase in one.mail.flow


def _operator(name: str, value: str, scope: Scope) -> Test:
    if name in _ADDRESS_FIELDS:
        phrase = flow(scope.me if value.lower() == "me" else value)
        return lambda one: any(
            _within(phrase, one.mail.header_flow(field)) for field in _ADDRESS_FIELDS[name]
        )
    match name:
        case "in" | "label":
            return _place(value.lower(), scope)
        case "is":
            return _is(value.lower())
        case "category":
            kind = "PERSONAL" if value.lower() == "primary" else value.upper()
            return lambda one: f"CATEGORY_{kind}" in one.labels
        case "has":
            return lambda one: value.lower() == "attachment" and bool(one.mail.filenames)
        case "filename":
            file = flow(value)
            return lambda one: any(_within(file, flow(known)) for known in one.mail.filenames)
        case "rfc822msgid":
            return lambda one: one.mail.message_id == value.strip("<>")
        case _:
            return _time(name, value, scope.now)


def _place(value: str, scope: Scope) -> Test:
    if value in {"anywhere", "all"}:
        return lambda _: True
    label = _PLACES.get(value, value.upper())
    if label == "SENT":
        lag = scope.quirks.sent_search_lag
        return lambda one: "SENT" in one.labels and (not lag or one.at <= scope.now - lag)
    ids = {label_id for label_id, name in scope.ledger.user_labels.items() if _slug(name) == _slug(value)}
    return lambda one: label in one.labels or not ids.isdisjoint(one.labels)


def _is(value: str) -> Test:
    if value == "read":
        return lambda one: "UNREAD" not in one.labels
    return lambda one: value.upper() in one.labels


def _time(name: str, value: str, now: datetime) -> Test:
    """after:/before: take epoch seconds or a date; anything else finds nothing, silently."""
    if name in {"newer_than", "older_than"}:
        age = _AGE.fullmatch(value.lower())
        moment = now - int(age[1]) * _UNITS[age[2]] if age else None
    else:
        moment = _moment(value)
    if moment is None:
        return lambda _: False
    if name in {"after", "newer", "newer_than"}:
        return lambda one: one.at >= moment
    return lambda one: one.at < moment


def _moment(value: str) -> datetime | None:
    try:
        if value.isdecimal():
            return datetime.fromtimestamp(int(value), UTC)
        date = _DATE.fullmatch(value)
        return datetime(int(date[1]), int(date[2]), int(date[3]), tzinfo=PST) if date else None
    except (ValueError, OverflowError, OSError):
        return None


def _slug(name: str) -> str:
    return re.sub(r"[\s/_-]+", "-", name.casefold())


def _within(phrase: str, text: str) -> bool:
    return bool(phrase.strip()) and phrase in text
