"""`python -m benchmarks`: measure, and print the report as Markdown."""

from __future__ import annotations

import argparse
import compileall
import os
import platform
import sys

from benchmarks.plan import Plan, carry_out
from benchmarks.report import markdown
from benchmarks.servers import ROOT


def main() -> None:
    """Run the whole plan (about five minutes), or with --quick a shorter one (half a minute)."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="half a minute: fewer and shorter rounds, up to 8 connections"
    )
    quick = parser.parse_args().quick
    if not sys.platform.startswith("linux"):
        parser.error("processor time is read from /proc: this needs Linux")
    cores = os.cpu_count() or 1
    plan = (
        Plan(rounds=2, seconds=0.3, starts=1, memory_requests=1_000, connections=(1, 8), deployed_workers=cores)
        if quick
        else Plan(rounds=5, seconds=2.0, starts=5, memory_requests=10_000, deployed_workers=cores)
    )
    # As an installed service is: this tree may be kept from holding compiled files (PYTHONDONTWRITEBYTECODE).
    for floor in ("opioids", "fhir_mappings", "hooks", "cds_service"):
        compileall.compile_dir(ROOT / floor, quiet=1)
    figures = carry_out(plan)
    print(f"{platform.python_implementation()} {platform.python_version()}, {cores} cores, loopback, ", end="")
    print(f"{plan.rounds} rounds of {plan.seconds} s for each figure.\n")
    print(markdown(figures))


if __name__ == "__main__":
    main()
