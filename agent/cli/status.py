"""``status``: where each candidacy stands."""

from __future__ import annotations

from typing import Any

import click

from agent.cli.context import App, print_json
from agent.core.model import Status

ENDED = {Status.OFFER, Status.REJECTED, Status.WITHDRAWN, Status.CANCELLED, Status.MOVED_ON, Status.IGNORED}


@click.command("status")
@click.option("--all", "everything", is_flag=True, help="The ended ones too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_obj
def command(app: App, everything: bool, as_json: bool) -> None:
    """The active candidacies, one line each; --all adds the ended ones."""
    view = look(app)
    chosen = [d for d in view["candidacies"] if everything or d["status"] not in ENDED]
    if as_json:
        print_json({**view, "candidacies": chosen})
        return
    from agent.cli.tables import print_status

    print_status(chosen, view, hidden=len(view["candidacies"]) - len(chosen))


def look(app: App) -> dict[str, Any]:
    """The contract's status document: as last concluded, thought anew only where the clock has changed an answer."""
    from agent.core.document import instant
    from agent.store.glance import glance

    now, zone = app.clock(), app.config.policy.time_zone
    seen = glance(app.config.storage.database)
    documents = list(seen.documents)
    if seen.wake_at is not None and seen.wake_at <= now:
        documents = _anew(app)
    return {
        "schema": 1,
        "account": seen.account or None,
        "as_of": instant(now, zone),
        "last_sync": instant(seen.last_sync, zone),
        "messages_examined": seen.examined,
        "candidacies": sorted(documents, key=lambda d: (d["last_message_at"] or "", d["id"]), reverse=True),
    }


def _anew(app: App) -> list[dict[str, Any]]:
    from agent.core.document import document

    with app.store() as store:
        judged = app.thinker(store).think()
    return [document(j, app.config.policy.time_zone) for j in judged]
