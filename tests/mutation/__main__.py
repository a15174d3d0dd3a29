"""`make mutation`: how many small faults in the domain the tests notice.

By default a sample of each module, the same for the same seed; `--all` tries every mutant (hours). Works on a copy of
the project in a temporary folder.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.mutation import warm
    from tests.mutation.mutants import Mutant

ROOT = Path(__file__).resolve().parents[2]
LEFT_BEHIND = shutil.ignore_patterns(
    ".git", ".venv", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis", "*.sqlite3*"
)
COPY = "OPIOID_CDS_MUTATION_COPY"


def main() -> int:
    """Run it, in a copy."""
    if os.environ.get(COPY):
        return _work(_asked())
    _asked()
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copy = Path(folder) / "project"
        shutil.copytree(ROOT, copy, ignore=LEFT_BEHIND)
        command = [sys.executable, "-m", "tests.mutation", *sys.argv[1:]]
        environment = {**os.environ, COPY: "1", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(copy)}
        return subprocess.run(command, cwd=copy, env=environment, check=False).returncode


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make mutation", description="Small faults in opioids/, and who notices them."
    )
    parser.add_argument("modules", nargs="*", type=Path, help="only these (opioids/steps.py)")
    parser.add_argument("--each", type=int, default=12, help="mutants of each module (12)")
    parser.add_argument("--all", action="store_true", help="every mutant")
    parser.add_argument("--sample", type=int, help="so many of all, each as likely as any other, in place of --each")
    parser.add_argument(
        "--kind", choices=("import", "function"), help="only faults in what runs while modules are imported, or not"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seconds", type=float, default=10, help="test time a mutant at most (10)")
    parser.add_argument("--quiet", action="store_true", help="survivors and figures only")
    return parser.parse_args()


def _work(asked: argparse.Namespace) -> int:
    from tests.mutation import trial, warm, work  # noqa: PLC0415 - only the copy needs the test tools

    started = time.monotonic()
    known = work.learned()
    _say(f"{len(known.seconds)} tests in {time.monotonic() - started:.0f} s")
    modules = asked.modules or work.modules_of_source()

    def is_quick(one: Mutant) -> bool:
        return warm.can_be_put_in(one, known, Path.cwd())

    def is_asked(one: Mutant) -> bool:
        return asked.kind is None or is_quick(one) is (asked.kind == "function")

    if asked.sample:
        mutants = work.drawn(modules, asked.sample, asked.seed, is_asked)
    else:
        of_each = None if asked.all else asked.each
        mutants = [one for one in work.sampled(modules, of_each, asked.seed) if is_asked(one)]
    counts: dict[Path, list[int]] = defaultdict(lambda: [0, 0])

    def try_out(some: list[Mutant], start: warm.Start) -> None:
        for verdict in work.tried(some, known, start, jobs=asked.jobs, most_seconds=asked.seconds):
            counts[verdict.mutant.path][0] += verdict.noticed
            counts[verdict.mutant.path][1] += 1
            if not verdict.noticed or not asked.quiet:
                _say(f"{verdict.what:<9} {verdict.seconds:5.1f} s  {verdict.mutant}")

    quick = [one for one in mutants if is_quick(one)]
    # First those that have to load the project anew: nothing of it may be loaded here until they are done.
    try_out([one for one in mutants if one not in quick], trial.start)
    warm.with_tests_loaded(work.TESTS, lambda start: try_out(quick, start))
    _say(_table(counts))
    _say(f"seed {asked.seed}, {time.monotonic() - started:.0f} s")
    return 0


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _table(counts: dict[Path, list[int]]) -> str:
    rows = [(*each, str(path)) for path, each in sorted(counts.items())]
    rows.append((sum(row[0] for row in rows), sum(row[1] for row in rows), "together"))
    return "\n".join(f"{noticed:>5} of {tried:>5} ({_percent(noticed, tried)})  {of}" for noticed, tried, of in rows)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / max(1, whole):5.1f}%"


if __name__ == "__main__":
    sys.exit(main())
