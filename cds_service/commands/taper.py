"""`opioid-cds taper`: an individual plan at the terminal, without any network."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime
from typing import Any

import click

from cds_service import taper_answer, taper_table
from cds_service.commands.configured import formulary_options, known_with
from cds_service.json_bytes import indented
from cds_service.mme_input import Unreadable
from cds_service.taper_input import Asked, planned
from cds_service.terminal import UNREADABLE, WANTING, end
from cds_service.written_numbers import WholeNumber
from opioids.tapers.values import NoPlan


@click.command("taper")
@click.argument("file", required=False, metavar="[FILE]")
@click.option("--current", metavar="MME", help="Plan from a number alone: steps in MME/day, without tablets.")
@click.option("--guideline", default="us-cdc-2022", show_default=True, help="Guideline whose pace is taken.")
@click.option("--profile", metavar="PACE", help="Another published pace, such as us-short or va-slowest.")
@click.option("--table", metavar="TABLE", help="Conversion table; default the guideline's own.")
@click.option(
    "--therapy-days", type=WholeNumber(), metavar="DAYS", help="Length of therapy; default as the orders tell."
)
@click.option(
    "--first",
    type=click.Choice(["er", "ir", "both"]),
    default="both",
    show_default=True,
    help="Which to lower first: extended- or immediate-release forms.",
)
@click.option("--pace", metavar="PERCENT", help="Percent a step, within what the profile allows.")
@click.option("--interval", type=WholeNumber(), metavar="DAYS", help="Days a step, within what the profile allows.")
@click.option("--start", metavar="YYYY-MM-DD", help="Day of the plan; the first step is one interval later.")
@click.option("--to", "target", metavar="MME", help="Where the taper ends, if a clinician wants one; default off.")
@click.option(
    "--begun-at",
    metavar="MME",
    help="Dose at which a taper began that goes on; its percentages are counted from there.",
)
@click.option("--halves", is_flag=True, help="Allow half tablets of immediate-release forms.")
@click.option("--as-of", metavar="YYYY-MM-DD", help="The day on which the orders are read; default today.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--fhir", "as_fhir", is_flag=True, help="Print a FHIR R4 Bundle: CarePlan and drafts of the first step.")
@formulary_options
def command(*, as_json: bool, as_fhir: bool, formulary: str | None, ndcs: str | None, **options: Any) -> None:
    """Plan a taper of the opioids in a FHIR FILE (- is standard input), in strengths that a pharmacy has.

    For clinicians: a plan is made with the patient, each step can be held, and nobody has to stop at once.
    """
    asked = Asked(**options)
    if (asked.file is None) == (asked.current is None):
        raise click.UsageError("give either a FILE or --current MME")
    if as_json and as_fhir:
        raise click.UsageError("give either --json or --fhir")
    try:
        found = planned(asked, datetime.now().astimezone().date(), known_with(formulary, ndcs))
    except Unreadable as error:
        end(str(error), UNREADABLE)
    if as_fhir:
        from cds_service import taper_fhir  # noqa: PLC0415 - the models of FHIR take long to load

        click.echo(indented(taper_fhir.answer(found)))
    elif as_json:
        click.echo(indented(taper_answer.answer(found)))
    else:
        click.echo(taper_table.written(found, shutil.get_terminal_size().columns))
    sys.exit(WANTING if isinstance(found.found, NoPlan) else 0)
