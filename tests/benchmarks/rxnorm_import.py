"""`python -m tests.benchmarks.rxnorm_import [MEGABYTES]`: how long an import takes, and how much memory.

Makes a release of about that size (500 by default; the full release of RxNorm holds some 1,300) in a temporary folder:
every shipped product, a hundred thousand other products with their relations, attributes and NDCs, and lines of
other sources, mixed as in a release. Then the command is run on it, as a user would, and measured.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.rxnorm import Release, of_shipped_products

OTHER_PRODUCTS = 100_000
FIRST_OTHER = 3_000_000
SHARES = {"RXNCONSO.RRF": 0.10, "RXNREL.RRF": 0.45, "RXNSAT.RRF": 0.45}
"""How the size of a full release is spread over its files."""

LINES = {
    "RXNCONSO.RRF": "{n}|ENG||||||{n}|{n}|{n}||NDDF|CDA|{n}|SOME DRUG OF A SOURCE {n} 10 mg ORAL TABLET||N||",
    "RXNREL.RRF": "|{n}|AUI|RO||{m}|AUI|has_active_ingredient|{n}||MTHSPL||||N||",
    "RXNSAT.RRF": "{n}|||{n}|AUI|{n}|||LABELER|MTHSPL|Some Labeler of Generic Drugs Inc {n}|N||",
}
"""Lines of other sources, which most lines of a release are."""


def write_release(folder: Path, megabytes: int) -> None:
    """A release of about so many megabytes."""
    release = of_shipped_products()
    _add_others(release)
    release.write(folder)
    for name, share in SHARES.items():
        path = folder / name
        with path.open("a", encoding="ascii") as file:
            wanted = int(megabytes * 2**20 * share) - path.stat().st_size
            for block in _filler(LINES[name], wanted):
                file.write(block)


def _add_others(release: Release) -> None:
    forms = [release.concept("DF", name) for name in ("Oral Tablet", "Oral Capsule", "Oral Solution")]
    for number in range(OTHER_PRODUCTS):
        rxcui = FIRST_OTHER + number * 4
        ingredient, component, product, branded = range(rxcui, rxcui + 4)
        release.concept("IN", f"inventedcillin {number}", ingredient)
        release.concept("SCDC", f"inventedcillin {number} 10 MG", component)
        release.concept("SCD", f"inventedcillin {number} 10 MG Oral Tablet", product, suppress="NO"[number % 2])
        release.concept("SBD", f"inventedcillin {number} 10 MG Oral Tablet [Brand {number}]", branded)
        release.relation(component, "has_ingredient", ingredient, back="ingredient_of")
        release.relation(product, "consists_of", component, back="constitutes")
        release.relation(product, "has_dose_form", forms[number % 3], back="dose_form_of")
        release.relation(branded, "tradename_of", product, back="has_tradename")
        release.attribute(component, "RXN_STRENGTH", "10 MG")
        for package in range(3):
            release.attribute(product, "NDC", f"{10_000_000_000 + number * 10 + package}")


def _filler(line: str, wanted: int) -> Iterator[str]:
    number = 0
    while wanted > 0:
        block = "".join(line.format(n=5_000_000 + one, m=one) + "\n" for one in range(number, number + 20_000))
        number += 20_000
        wanted -= len(block)
        yield block


def main(megabytes: int) -> None:
    """Make, import, measure, print."""
    with TemporaryDirectory(prefix="rxnorm-") as name:
        folder = Path(name)
        write_release(folder, megabytes)
        size = sum(path.stat().st_size for path in folder.iterdir())
        command = [Path(sys.executable).with_name("opioid-cds"), "import-rxnorm", folder, "--output", folder / "f.json"]
        started = perf_counter()
        subprocess.run(command, check=True)
        wall, used = perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"release {size / 2**20:,.0f} MB, formulary {(folder / 'f.json').stat().st_size / 2**20:.1f} MB")  # noqa: T201
        cpu = used.ru_utime + used.ru_stime
        print(f"CPU {cpu:.1f} s, wall {wall:.1f} s, most memory {used.ru_maxrss / 2**10:,.0f} MB")  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
