"""The command `opioid-cds`. Exit codes: 0 done, 1 read and found wanting, 2 usage or unreadable.

A command is loaded when it is called: `--help` need not wait for libraries that it does not use.
"""

from __future__ import annotations

import errno
import sys
from importlib import import_module
from typing import Any

import click

COMMANDS = {
    "check-config": "Say what is wrong in a configuration, by key and line.",
    "doctor": "Look at a running deployment from outside.",
    "import-rxnorm": "Build a formulary from a hospital's own RxNorm release.",
    "migrate": "Bring the database's tables up to date.",
    "mme": "Add up the opioids in FHIR files.",
    "purge": "Delete what has been kept for long enough.",
    "report": "Say how often each card was shown, and what came of it.",
    "serve": "Run the service until it is told to stop.",
    "site": "Print the integration sheet for an EHR.",
    "taper": "Plan a taper in strengths that a pharmacy has.",
}
"""Each command with what the list says of it. `check-config` is `cds_service.commands.check_config.command`."""


class Commands(click.Group):
    """A group that loads a command's module only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names, in the order of the alphabet."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command of that name; None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"cds_service.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Runs a command. What cannot be written, on a full disk, is no finding about what was read."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # whoever read the output has seen enough: click ends quietly
            click.echo(f"{error.filename or 'output'}: {error.strerror or error}", err=True)
            sys.exit(2)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """The list of commands, without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="opioid-cds")
def main() -> None:
    """Opioid safety decision support: a CDS Hooks service and a calculator."""
