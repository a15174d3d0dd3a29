"""`opioid-cds import-rxnorm`: a formulary from a hospital's own RxNorm release."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cds_service.rxnorm import document
from cds_service.rxnorm.importing import Folder, NoRelease, folder_of, import_release
from cds_service.rxnorm.rrf import Malformed
from cds_service.rxnorm.summary import summary
from cds_service.terminal import UNREADABLE, WANTING, end
from opioids.rxnorm_release import RxNormRelease


@click.command("import-rxnorm")
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR")
@click.option(
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The formulary file to write; what stands there is replaced once the new one is complete.",
)
@click.option("--release", "version", help="What the release is called, where its files do not say so.")
def command(directory: Path, output: Path, version: str | None) -> None:
    """Build a formulary from the RRF files in DIR (or DIR/rrf): a full or prescribable RxNorm release."""
    try:
        folder = folder_of(directory)
    except (NoRelease, OSError) as error:
        end(str(error), UNREADABLE)
    release = _read(folder, version)
    if not release.drugs:
        end(f"{directory}: no opioid in this release; nothing was written", WANTING)
    try:
        document.write(release, output)
    except OSError as error:
        end(f"{output}: {error.strerror or error}", UNREADABLE)
    click.echo("\n".join(summary(release, output)))


def _read(folder: Folder, version: str | None) -> RxNormRelease:
    with click.progressbar(length=folder.size, label="Reading RxNorm", file=sys.stderr) as bar:
        try:
            return import_release(folder, version=version, advance=bar.update)
        except (Malformed, OSError) as error:
            click.echo(err=True)
            end(str(error), UNREADABLE)
