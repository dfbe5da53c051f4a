"""``doctor``: everything that can be checked, a line each, with the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import click

from agent.cli.checkup import findings
from agent.cli.context import App, as_json_option, echo, print_json
from agent.cli.finding import Finding

SIGNS = {"ok": "ok     ", "warning": "warning", "problem": "problem"}


@click.command("doctor", epilog="Example: followup-agent doctor")
@click.option("--offline", is_flag=True, help="Leave Gmail alone.")
@as_json_option
@click.pass_obj
def command(app: App, offline: bool, as_json: bool) -> int:
    """Check configuration, files and their modes, database, authorisation, Gmail, clock and time zone.

    Nothing is changed. The exit status is 0, or that of the first problem as listed (78 configuration, 77 authorisation,
    69 Gmail, 65 database).
    """
    found = list(findings(app, offline=offline))
    if as_json:
        rows = [{k: v for k, v in asdict(f).items() if k != "exit_status"} for f in found]
        print_json({"schema": 1, "sound": not _problems(found), "checks": rows})
    else:
        for finding in found:
            echo(f"{SIGNS[finding.level]}  {finding.check}: {finding.what}")
            for line in finding.remedies:
                echo(f"         → {line}")
    return next((f.exit_status for f in _problems(found)), 0)


def _problems(found: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.level == "problem"]
