"""`opioid-cds mme`: the calculator at the terminal."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime

import click

from cds_service import mme_answer, mme_input, mme_table
from cds_service.commands.configured import formulary_options, known_with
from cds_service.json_bytes import indented
from cds_service.terminal import UNREADABLE, WANTING, WIDEST, end


@click.command("mme")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--table", "table_id", default="cdc-2022", show_default=True, help="Conversion table.")
@click.option("--as-of", metavar="YYYY-MM-DD", help="The day that is judged; default today.")
@click.option("--json", "as_json", is_flag=True, help="Print what POST /mme answers.")
@formulary_options
def command(files: tuple[str, ...], table_id: str, as_of: str | None, as_json: bool, **added: str | None) -> None:
    """Add up the opioids in FHIR FILEs (- is standard input); several files are one regimen."""
    if files.count("-") > 1:
        raise click.UsageError("standard input (-) can be given once")
    try:
        total = mme_input.calculated(
            files, table_id=table_id, as_of=as_of, today=datetime.now().astimezone().date(), known=known_with(**added)
        )
    except mme_input.Unreadable as error:
        end(str(error), UNREADABLE)
    if as_json:
        click.echo(indented(mme_answer.answer(total)))
    else:
        click.echo(mme_table.written(total, shutil.get_terminal_size((WIDEST, 24)).columns))
    sys.exit(0 if total.complete else WANTING)
