"""Chooses mutants and tests, runs them side by side, and says which were noticed."""

from __future__ import annotations

import ast
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.trial import LOADING, NO_TESTS, OUTSIDE, SURVIVED, Baseline, baseline, stop
from tests.mutation.warm import Start

SOURCE = "opioids"
TESTS = ("tests/opioids", "tests/spec", "tests/fhir_mappings", "tests/hooks")
"""What notices mutants. The laws would notice more and take longer: figures without them are rather too low."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a mutant: `killed`, `survived`, `too slow` (noticed by the clock) or `no tests`."""

    mutant: Mutant
    what: str
    seconds: float

    @property
    def noticed(self) -> bool:
        return self.what in ("killed", "too slow")


def learned() -> Baseline:
    """Which test runs which line, and how long each takes."""
    return baseline(TESTS, SOURCE)


def sampled(modules: Sequence[Path], each: int | None, seed: int) -> list[Mutant]:
    """Mutants of each module: all, or so many chosen by the seed and the module's name alone."""
    chosen: list[Mutant] = []
    for module in modules:
        found = mutants_of(module, Path.cwd())
        if each is not None and len(found) > each:
            found = random.Random(f"{seed} {module}").sample(found, each)
        chosen += sorted(found, key=lambda one: one.number)
    return chosen


def drawn(modules: Sequence[Path], wanted: int, seed: int, fits: Callable[[Mutant], bool]) -> list[Mutant]:
    """So many of the mutants of all modules that fit, each as likely as any other.

    In the order in which they were drawn: a run that is stopped is a sample as well, only smaller.
    """
    every = [one for module in modules for one in mutants_of(module, Path.cwd())]
    random.Random(str(seed)).shuffle(every)
    return list(islice((one for one in every if fits(one)), wanted))


def tests_for(mutant: Mutant, known: Baseline, importers: dict[Path, set[Path]], most_seconds: float) -> list[str]:
    """The tests that run the mutant's lines, the quickest first, up to so many seconds.

    What runs outside tests (tables, loaded knowledge) is looked for by the tests of its module and of those that import
    it, after those that run the lines themselves, of which few would be among so many others. Half of the time is for
    files of tests that name the module (who reads a constant runs no line of it), the rest first for those that are
    about little else: of a word of the grammar, those of directions before those of everything.
    """
    lines = known.lines.get(str(mutant.path), {})
    found: set[str] = set()
    for line in range(mutant.line, mutant.last_line + 1):
        found |= lines.get(line, set())
    no_tests = {LOADING, OUTSIDE}
    direct = (found - no_tests) & known.seconds.keys()
    chosen = _quickest(direct, mutant.path.stem, known, most_seconds)
    if found & no_tests or not direct:
        around: set[str] = set()
        for path in {mutant.path, *importers.get(mutant.path, set())}:
            for tests in known.lines.get(str(path), {}).values():
                around |= tests
        around = (around - no_tests) & known.seconds.keys()
        naming = {test for test in known.seconds if _names(_file_of(test), mutant.path)}
        for some, share_of_time, shares in ((naming, 0.5, {}), (around, 1, _shares(around, known))):
            left = most_seconds - sum(known.seconds[test] for test in chosen)
            others = some - set(chosen)
            chosen += _quickest(others, mutant.path.stem, known, left * share_of_time, shares)
    return chosen


def _file_of(test: str) -> str:
    return test.partition("::")[0]


@cache
def _names(file: str, module: Path) -> bool:
    """Whether a file of tests imports a module itself."""
    path, name = Path(file), ".".join(module.with_suffix("").parts).removesuffix(".__init__")
    return path.exists() and f"from {name} import " in path.read_text(encoding="utf-8")


def _shares(tests: set[str], known: Baseline) -> dict[str, float]:
    """For each file of tests, in tenths, how many of its tests are among `tests`."""
    among, every = (Counter(map(_file_of, some)) for some in (tests, known.seconds))
    return {file: round(among[file] / count, 1) for file, count in every.items()}


def _quickest(
    tests: Iterable[str], module: str, known: Baseline, most_seconds: float, shares: Mapping[str, float] | None = None
) -> list[str]:
    """Those of the module's own test file first, then those of files of which more are asked."""

    def order(test: str) -> tuple[bool, float, float, str]:
        share = (shares or {}).get(_file_of(test), 0)
        return f"test_{module}.py" not in test, -share, known.seconds[test], test

    chosen, spent = [], 0.0
    for test in sorted(tests, key=order):
        spent += known.seconds[test]
        if spent > most_seconds and chosen:
            break
        chosen.append(test)
    return chosen


def importers_of(modules: Sequence[Path]) -> dict[Path, set[Path]]:
    """For each module those of the domain that import it, directly or through others."""
    names = {".".join(path.with_suffix("").parts).removesuffix(".__init__"): path for path in modules}
    direct: dict[Path, set[Path]] = {path: set() for path in modules}
    for path in modules:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                for name in (node.module, *(f"{node.module}.{one.name}" for one in node.names)):
                    if name in names:
                        direct[names[name]].add(path)
    found = {path: set(others) for path, others in direct.items()}
    for _ in range(3):
        for others in found.values():
            others |= {far for near in list(others) for far in direct[near]}
    return found


def tried(
    mutants: Sequence[Mutant], known: Baseline, start: Start, *, jobs: int, most_seconds: float
) -> Iterator[Verdict]:
    """Each mutant with its verdict, as they come in; `start` begins the tests of one in a child."""
    importers = importers_of(modules_of_source())
    waiting = list(reversed(mutants))
    running: dict[int, tuple[Mutant, float, float]] = {}
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            tests = tests_for(mutant, known, importers, most_seconds)
            if not tests:
                yield Verdict(mutant=mutant, what="no tests", seconds=0)
                continue
            limit = 60 + 20 * sum(known.seconds[test] for test in tests)
            running[start(mutant, tests)] = mutant, time.monotonic(), limit
        yield from _ended(running)
        time.sleep(0.02)


def _ended(running: dict[int, tuple[Mutant, float, float]]) -> Iterator[Verdict]:
    for child, (mutant, started, limit) in list(running.items()):
        ended, status = os.waitpid(child, os.WNOHANG)
        spent = time.monotonic() - started
        if ended:
            del running[child]
            code = os.waitstatus_to_exitcode(status)
            what = {SURVIVED: "survived", NO_TESTS: "no tests"}.get(code, "killed")
            yield Verdict(mutant=mutant, what=what, seconds=spent)
        elif spent > limit:
            stop(child)
            os.waitpid(child, 0)
            del running[child]
            yield Verdict(mutant=mutant, what="too slow", seconds=spent)


def modules_of_source() -> list[Path]:
    """Every module of the domain that holds more than a docstring."""
    return sorted(path for path in Path(SOURCE).rglob("*.py") if mutants_of(path, Path.cwd()))
