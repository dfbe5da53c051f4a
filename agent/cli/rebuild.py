"""``rebuild``: every conclusion thrown away and drawn again from the stored facts."""

from __future__ import annotations

import click

from agent.cli.context import App, as_json_option, echo, print_json
from agent.cli.told import at_work, concluded


@click.command("rebuild", epilog="Example: followup-agent rebuild")
@as_json_option
@click.pass_obj
def command(app: App, as_json: bool) -> None:
    """Throw away everything derived and infer it again from the stored mail and your notes. Gmail is not asked.

    Facts, notes and the memory of drafts stay; candidacies keep their ids.
    """
    with at_work(app) as store:
        before = {c.id: c.document["status"] for c in store.conclusions()}
        with store.transaction() as whole:
            kept, links = whole.conclusions(), whole.links()
            whole.drop_derived()
            whole.replace_derived(kept, links)  # so that ids stay, and history tells of real changes only
            after = {c.id: c.document["status"] for c in concluded(app, whole).values()}
    changed = sorted(
        {
            (i, before.get(i), after.get(i))
            for i in before.keys() | after.keys()
            if before.get(i) != after.get(i)
        },
        key=str,
    )
    if as_json:
        rows = [{"candidacy": i, "from": was, "to": now} for i, was, now in changed]
        print_json({"schema": 1, "candidacies": len(after), "changed": rows})
        return
    for candidacy, was, now in changed:
        echo(f"{candidacy}: {was or 'unknown'} → {now or 'no candidacy'}")
    echo(f"{len(after)} candidacies concluded again, {len(changed)} changed.")
