"""The imported formulary as a file: JSON that is the same for the same release, one drug a line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from opioids.rxnorm_release import FORMAT, RxNormRelease

LICENCE = (
    "This file holds content of RxNorm, courtesy of the U.S. National Library of Medicine (NLM), National Institutes "
    "of Health, Department of Health and Human Services; NLM is not responsible for this product and does not endorse "
    "or recommend it. Only what RxNorm itself says was taken (source RXNORM; ATC codes of ingredients were looked at), "
    "nothing of other vocabularies in the release. Made by opioid-cds import-rxnorm; do not edit: import again."
)


def write(release: RxNormRelease, path: Path) -> None:
    """Write the file whole or not at all: what stood there before stays until the new one is complete."""
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.writelines(lines(release))
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).chmod(0o644)
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def lines(release: RxNormRelease) -> Iterator[str]:
    """The text of the file, line by line."""
    yield "{\n"
    yield f'"format": {_json(FORMAT)},\n"licence": {_json(LICENCE)},\n'
    yield f'"version": {_json(release.version)},\n"date": {_json(release.day.isoformat() if release.day else "")},\n'
    yield from _list("files", (asdict(one) for one in release.files))
    yield from _table("ingredients", release.ingredients.items())
    yield from _list("drugs", (asdict(one) for one in release.drugs))
    yield from _table("names", release.names.items())
    yield from _table("ndcs", release.ndcs.items())
    yield f'"other_ndcs": {_json(release.other_ndcs)}\n}}\n'


def _list(name: str, rows: Iterable[Any]) -> Iterator[str]:
    yield f'"{name}": [\n'
    yield from _separated(map(_json, rows))
    yield "],\n"


def _table(name: str, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield f'"{name}": {{\n'
    yield from _separated(f"{_json(key)}: {_json(value)}" for key, value in pairs)
    yield "},\n"


def _separated(written: Iterable[str]) -> Iterator[str]:
    """One a line, with a comma between two."""
    before = ""
    for one in written:
        yield f"{before}{one}"
        before = ",\n"
    yield "\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
