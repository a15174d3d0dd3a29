"""Running tests against the domain as it is, to learn which test runs which line, and against a mutant of it.

Everything happens in children of a process that has loaded the test tools and nothing of the project: a child starts in
no time, and a fault in it dies with it. The fault is put in when the module is imported; no file changes.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import coverage
import pytest

from tests.mutation.mutants import Mutant, code_of

QUIET = ["-q", "-x", "--no-header", "--no-summary", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov"]
MOST_FAILING = 5
"""Tests that may fail by themselves: those that compare times do on a busy machine."""

SURVIVED, NO_TESTS = 0, 5
"""What a child ends with when all its tests passed, and when there was none: pytest's own numbers."""

LOADING, OUTSIDE = "loading", "outside"
"""What runs while modules are imported and tests collected, and while shared fixtures are made: it belongs to no
single test."""


@dataclass(kw_only=True)
class Baseline:
    """Seconds of each test, and for each file of the domain the tests that run each line."""

    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, dict[int, set[str]]] = field(default_factory=dict)


# ---- the tests as they are ----


class _Watching:
    """Tells coverage which test runs, and times it."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self.measured = measured
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that fails by itself (of time, on a busy machine) can notice nothing."""
        if report.failed:
            self.failed.add(report.nodeid)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """One test, with its own fixtures."""
        started = time.process_time()
        self.measured.switch_context(item.nodeid)
        yield
        self.measured.switch_context(OUTSIDE)
        self.seconds[item.nodeid] = time.process_time() - started

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: pytest.FixtureRequest) -> Iterator[None]:
        """What many tests share is no single test's."""
        if fixturedef.scope != "function":
            self.measured.switch_context(OUTSIDE)
        yield
        if fixturedef.scope != "function":
            self.measured.switch_context(request.node.nodeid if "::" in request.node.nodeid else OUTSIDE)


def baseline(tests: Sequence[str], source: str) -> Baseline:
    """Runs `tests` in a child. Raises `RuntimeError` when they cannot be run, or when many fail without any fault."""
    reading, writing = os.pipe()
    said = os.open("baseline.txt", os.O_CREAT | os.O_TRUNC | os.O_WRONLY)

    def watch() -> int:
        os.close(reading)
        measured = coverage.Coverage(source=[source], data_file=None, config_file=False, messages=False)
        watching = _Watching(measured)
        measured.start()
        measured.switch_context(LOADING)
        os.dup2(said, 1)
        quiet = [option for option in QUIET if option != "-x"]
        ended = pytest.main([*quiet, *tests], plugins=[watching])
        measured.stop()
        found = measured.get_data()
        lines = {
            str(Path(path).relative_to(Path.cwd())): {
                line: list(tests_) for line, tests_ in found.contexts_by_lineno(path).items()
            }
            for path in found.measured_files()
        }
        with os.fdopen(writing, "w") as pipe:
            seconds = {test: spent for test, spent in watching.seconds.items() if test not in watching.failed}
            ended = int(ended) if len(watching.failed) > MOST_FAILING else 0
            names = sorted({test for each in lines.values() for tests_ in each.values() for test in tests_})
            number = {name: place for place, name in enumerate(names)}
            numbered = {
                path: {line: [number[test] for test in tests_] for line, tests_ in each.items()}
                for path, each in lines.items()
            }
            json.dump({"ended": ended, "seconds": seconds, "names": names, "lines": numbered}, pipe)
        return 0

    child = in_child(watch)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        answer = json.loads(pipe.read() or '{"ended": "nothing said"}')
    os.waitpid(child, 0)
    os.close(said)
    if answer["ended"] != 0:
        printed = Path("baseline.txt").read_text(encoding="utf-8")[-3000:]
        raise RuntimeError(f"the tests fail without any fault in {source}: {printed}")
    names = answer["names"]
    lines = {
        path: {int(line): {names[one] for one in found if names[one]} for line, found in each.items()}
        for path, each in answer["lines"].items()
    }
    return Baseline(seconds=answer["seconds"], lines=lines)


# ---- a mutant ----


class _Faulty(importlib.machinery.SourceFileLoader):
    """Loads a module with its fault."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:
        """The code with the fault, whatever lies on the disk."""
        del fullname
        return self._code


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, name: str, path: Path, code: CodeType) -> None:
        self._name, self._path, self._code = name, path, code

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The faulty module under its own name; every other one is found as ever."""
        del path, target
        if fullname != self._name:
            return None
        package = [str(self._path.parent)] if self._path.name == "__init__.py" else None
        loader = _Faulty(fullname, str(self._path), self._code)
        return importlib.util.spec_from_file_location(
            fullname, self._path, loader=loader, submodule_search_locations=package
        )


class _Chosen:
    """Runs the chosen tests only, the quickest first."""

    def __init__(self, tests: Sequence[str]) -> None:
        self._place = {test: place for place, test in enumerate(tests)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leaves the others out."""
        items[:] = sorted((one for one in items if one.nodeid in self._place), key=lambda one: self._place[one.nodeid])


def start(mutant: Mutant, tests: Sequence[str]) -> int:
    """Starts the tests on a mutant in a child; its exit status is pytest's."""

    def run() -> int:
        name = ".".join(mutant.path.with_suffix("").parts).removesuffix(".__init__")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = compile(code_of(mutant, Path.cwd()), str(mutant.path.resolve()), "exec")
        sys.meta_path.insert(0, _Finder(name, mutant.path.resolve(), code))
        files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
        return int(pytest.main([*QUIET, *files], plugins=[_Chosen(tests)]))

    return in_child(run)


def in_child(work: Callable[[], int]) -> int:
    """Does some work in a child that ends with what it answers. The child's number; what it prints goes nowhere."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    ended = 70
    try:
        os.setpgid(0, 0)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        ended = work()
    finally:
        os._exit(ended)


def stop(child: int) -> None:
    """Ends a child that takes too long, with all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
