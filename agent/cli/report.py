"""``report``: the state of the hunt as one page of HTML that needs nothing from outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from agent import __version__
from agent.cli.context import App, as_json_option, clean, print_json
from agent.cli.export import save
from agent.cli.report_figures import Answering, Step, answering, funnel
from agent.cli.timeline import Moment, gmail_link, moments
from agent.cli.view import ENDED, View, conclusions, look
from agent.store.files import stored_revision

if TYPE_CHECKING:
    from agent.store.records import Conclusion

Json = dict[str, Any]
# the active ones by how soon the user is needed
URGENCY = (
    "your_turn", "thank_you_due", "follow_up_due", "scheduled", "scheduling", "waiting", "on_hold",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """One candidacy as the page tells it."""

    document: Json
    explanation: tuple[str, ...]
    moments: tuple[Moment, ...]
    links: tuple[str, ...]


@click.command("report", epilog="Example: followup-agent report --output hunt.html")
@click.option(
    "--output", metavar="FILE", help="Write to this file (only you may read it) instead of standard output."
)
@as_json_option
@click.pass_obj
def command(app: App, output: str | None, as_json: bool) -> None:
    """One self-contained HTML page: the pipeline, each timeline with its evidence, response times, the funnel.

    It loads nothing from anywhere, works without JavaScript and can be printed. With --json the figures alone are
    printed (and the page is written where --output says so).
    """
    view, found = look(app), _found(app)
    steps = funnel([dict(c.document) for c in found], view.as_of)
    paces = answering(found)
    to = Path(output) if output not in {None, "-"} else None
    if to is not None:
        save(page(view, found, steps, paces), to)
        app.say(f"wrote {to}")
    if as_json:
        print_json({**view.heading(), "file": output, **_figures(steps, paces)})
    elif to is None:
        click.echo(page(view, found, steps, paces), nl=False)


def _found(app: App) -> tuple[Conclusion, ...]:
    """Latest mail first; none before the first sync."""
    if stored_revision(app.config.storage.database) is None:
        return ()
    return tuple(sorted(conclusions(app), key=_latest, reverse=True))


def _latest(one: Conclusion) -> tuple[str, str]:
    return one.document["last_message_at"] or "", one.id


def _figures(steps: Sequence[Step], paces: Sequence[Answering]) -> Json:
    return {
        "funnel": [asdict(step) for step in steps],
        "response_times": [
            {
                "company": p.company,
                "answers": len(p.hours),
                "median_hours": p.median_hours,
                "longest_hours": max(p.hours, default=None),
                "waiting_since": p.waiting_since,
            }
            for p in paces
        ],
    }


def page(view: View, found: Sequence[Conclusion], steps: Sequence[Step], paces: Sequence[Answering]) -> str:
    """The whole page; every value in it is escaped."""
    documents = [dict(c.document) for c in found]
    ended = [d for d in documents if d["status"] in ENDED]
    live = [d for d in documents if d["status"] not in ENDED]
    return str(
        _template(view.zone).render(
            version=__version__,
            view=view,
            active=sorted(live, key=lambda d: (URGENCY.index(d["status"]), d["next"]["due"] or "~")),
            ended=ended,
            endings=Counter(d["status"].replace("_", " ") for d in ended).most_common(),
            steps=steps,
            paces=paces,
            candidacies=[_told(c, view.account) for c in found],
        )
    )


def _told(one: Conclusion, account: str) -> Told:
    document = dict(one.document)
    links = tuple(gmail_link(thread, account) for thread in document["thread_ids"])
    return Told(document, tuple(one.explanation), tuple(moments(one.events)), links)


def _template(zone: str) -> Any:
    from jinja2 import Environment, StrictUndefined

    from agent.cli.tables import minute, next_words

    def at(moment: datetime | str) -> str:
        return minute(moment if isinstance(moment, str) else moment.astimezone(ZoneInfo(zone)).isoformat())

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_tame,
    )
    filters: dict[str, Callable[..., str]] = {
        "minute": at,
        "day": lambda moment: at(moment)[4:14],
        "words": lambda text: text.replace("_", " "),
        "next_words": next_words,
        "span": span,
    }
    environment.filters |= filters
    source = resources.files("agent.cli").joinpath("report.html.j2").read_text(encoding="utf-8")
    return environment.from_string(source)


def _tame(value: Any) -> Any:
    """Mail is hostile: control and direction characters become visible; markup of the template's own stays."""
    return clean(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def span(hours: float | None) -> str:
    """A time that passed, in the two units that tell it."""
    if hours is None:
        return ""
    if hours < 1:
        return f"{hours * 60:.0f} min"
    days, rest = divmod(round(hours), 24)
    return f"{days} d {rest} h" if days else f"{rest} h"
