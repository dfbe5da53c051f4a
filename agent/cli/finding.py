"""One line of ``doctor``: what was looked at, how it is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from agent.errors import AgentError, UserError


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: ``level`` is ok, warning or problem; ``exit_status`` counts for problems."""

    check: str
    level: str
    what: str
    remedies: tuple[str, ...] = ()
    exit_status: int = 0


def ok(check: str, what: str) -> Finding:
    return Finding(check, "ok", what)


def warning(check: str, what: str, *remedies: str) -> Finding:
    return Finding(check, "warning", what, remedies)


def problem(check: str, error: AgentError) -> Finding:
    remedies = error.problems if isinstance(error, UserError) else ()
    return Finding(check, "problem", str(error), remedies, error.exit_status)
