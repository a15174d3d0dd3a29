"""From the folder of a release to the formulary that is taken from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cds_service.rxnorm.attributes import Attributes, read_attributes
from cds_service.rxnorm.concepts import read_concepts, read_relations
from cds_service.rxnorm.rrf import CONSO, REL, SAB, SAT, Advance, Layout, Table
from cds_service.rxnorm.selection import Selection, released, select
from opioids.rxnorm_release import RxNormRelease, SourceFile
from opioids.rxnorm_sought import load_sought

NOT_STATED = "not stated"

_VERSION_DAY = re.compile(r"_(\d{2})(\d{2})(\d{2})[A-Z]?$")
_NAMED_DAY = re.compile(r"_(\d{2})(\d{2})(20\d{2})(?:\.txt)?$")


class NoRelease(Exception):
    """A folder is no RxNorm release; the words say what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """The files of a release that are read."""

    conso: Path
    rel: Path
    sat: Path
    sab: Path | None

    @property
    def size(self) -> int:
        """How many bytes there are to read."""
        return sum(path.stat().st_size for path in (self.conso, self.rel, self.sat))


def folder_of(directory: Path) -> Folder:
    """The files of a release in a folder, or in its folder `rrf`. Raises `NoRelease`."""
    places = [directory, *(one for one in directory.iterdir() if one.is_dir() and one.name.lower() == "rrf")]
    files = {path.name.upper(): path for place in reversed(places) for path in place.iterdir() if path.is_file()}
    missing = [layout.name for layout in (CONSO, REL, SAT) if layout.name not in files]
    if missing:
        packed = next((name for name in sorted(files) if name.endswith(".ZIP")), None)
        hint = f"; unpack {files[packed].name} first" if packed else ""
        raise NoRelease(f"{directory}: no {', '.join(missing)} in it or in its folder rrf{hint}")
    return Folder(conso=files[CONSO.name], rel=files[REL.name], sat=files[SAT.name], sab=files.get(SAB.name))


def import_release(folder: Folder, *, version: str | None, advance: Advance) -> RxNormRelease:
    """Read a release.

    Args:
        folder: its files.
        version: what it is called, where its files do not say so.
        advance: told how many bytes were read since the last time.

    Raises:
        Malformed: a file is cut off, or none of RxNorm's.
    """
    tables: list[Table] = []

    def table(path: Path, layout: Layout) -> Table:
        tables.append(Table(path=path, layout=layout, advance=advance))
        return tables[-1]

    concepts = read_concepts(table(folder.conso, CONSO))
    relations = read_relations(table(folder.rel, REL), concepts)
    selection = select(concepts, relations, load_sought())
    attributes = read_attributes(table(folder.sat, SAT), selection.wanted)
    ndcs, other_ndcs = _ndcs(attributes, selection)
    told = version or _told_version(folder)
    return RxNormRelease(
        version=told,
        day=_day(told),
        files=tuple(SourceFile(name=one.layout.name, bytes=one.size, sha256=one.sha256) for one in tables),
        ingredients={str(rxcui): name for rxcui, name in selection.opioids.items()},
        drugs=tuple(released(selection, concepts, attributes)),
        names={str(rxcui): concepts.by_rxcui[rxcui].name for rxcui in sorted(selection.names)},
        ndcs=ndcs,
        other_ndcs=other_ndcs,
    )


# ---- National Drug Codes ----


def _ndcs(attributes: Attributes, selection: Selection) -> tuple[dict[str, str], str]:
    """NDCs of what matters, and those of everything else. One that was given to two of the first is left out."""
    matter = selection.drugs | selection.names
    own: dict[str, str] = {}
    others: list[str] = []
    for digits in sorted(attributes.ndcs.keys() | attributes.former_ndcs.keys()):
        given = attributes.ndcs.get(digits) or attributes.former_ndcs[digits]
        found = given & matter
        if not found:
            others.append(digits)
        elif len(given) == 1:
            own[digits] = str(next(iter(found)))
    return own, "".join(others)


# ---- which release it is ----


def _told_version(folder: Folder) -> str:
    """What RXNSAB calls the release, else the day in the name of its readme or folder."""
    if folder.sab and (version := _version_in(folder.sab)):
        return version
    near = [folder.conso.parent, folder.conso.parent.parent]
    names = [path.name for place in near for path in sorted(place.glob("[Rr]eadme*.txt"))]
    for name in (*names, *(place.resolve().name for place in near)):
        if match := _NAMED_DAY.search(name):
            month, day, year = match.groups()
            return f"{year}-{month}-{day}"
    return NOT_STATED


def _version_in(path: Path) -> str:
    for row in Table(path=path, layout=SAB, advance=lambda _: None).rows(b"|RXNORM|"):
        if row[3] == b"RXNORM" and row[21] == b"Y":
            return row[2].decode(errors="replace").removeprefix("RXNORM_")
    return ""


def _day(version: str) -> date | None:
    """The day of "20AA_200908F" or "2020-09-08"."""
    match = _VERSION_DAY.search(version)
    text = "20{}-{}-{}".format(*match.groups()) if match else version
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
