"""``completion``: what a shell needs to complete this program's commands and options."""

from __future__ import annotations

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from agent.cli.context import echo

SHELLS: dict[str, type[ShellComplete]] = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}
ASKED_BY = "_FOLLOWUP_AGENT_COMPLETE"  # click's name for it: the script asks the program itself


WHERE = """Where it belongs:

\b
bash  ~/.local/share/bash-completion/completions/followup-agent
zsh   _followup-agent in a folder of $fpath
fish  ~/.config/fish/completions/followup-agent.fish

For this session only: eval "$(followup-agent completion bash)"

Example: followup-agent completion fish > ~/.config/fish/completions/followup-agent.fish"""


@click.command("completion", epilog=WHERE)
@click.argument("shell", type=click.Choice(tuple(SHELLS)))
def command(shell: str) -> None:
    """Print the completion script for bash, zsh or fish."""
    from agent.cli.app import program

    made = SHELLS[shell](program, {}, "followup-agent", ASKED_BY)
    echo(made.source_template % made.source_vars())
