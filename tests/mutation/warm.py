"""Faults put into functions that are loaded already: many times quicker than loading the project anew for each.

The tests are collected once. For each mutant a child takes over everything that is loaded, exchanges the code of the
functions in question and runs the chosen tests. A fault in what runs while modules are imported or tests collected
would come too late; such mutants are left to `trial.start`.
"""

from __future__ import annotations

import gc
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType

import pytest

from tests.mutation.mutants import Mutant, code_of
from tests.mutation.trial import LOADING, NO_TESTS, QUIET, Baseline, in_child

Key = tuple[str, int]
"""The qualified name of a function and its first line."""


def can_be_put_in(mutant: Mutant, known: Baseline, root: Path) -> bool:
    """Whether a fault lies in functions alone, none of whose lines runs while modules and tests are loaded."""
    lines = known.lines.get(str(mutant.path), {})
    if any(LOADING in lines.get(line, ()) for line in range(mutant.line, mutant.last_line + 1)):
        return False
    source = compile((root / mutant.path).read_text(encoding="utf-8"), str(mutant.path), "exec")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        faulty = compile(code_of(mutant, root), str(mutant.path), "exec")
    return _frame(source) == _frame(faulty) and _functions(source).keys() == _functions(faulty).keys()


def _frame(code: CodeType) -> list[object]:
    """What a module and its classes do when they are loaded, without what is inside their functions."""
    found: list[object] = [code.co_code, code.co_names]
    for each in code.co_consts:
        if isinstance(each, CodeType):
            found += _frame(each) if _is_class(each) else [(each.co_qualname, each.co_firstlineno)]
        else:
            found.append((type(each), each))
    return found


def _is_class(code: CodeType) -> bool:
    return "__qualname__" in code.co_names and "__module__" in code.co_names


def _functions(code: CodeType) -> dict[Key, CodeType]:
    """The functions of a module, by name and line; those of which several share a line (lambdas) under none."""
    found: dict[Key, CodeType] = {}
    twice: set[Key] = set()
    for each in _inside(code):
        key = each.co_qualname, each.co_firstlineno
        if key in found:
            twice.add(key)
        found[key] = each
    return {key: each for key, each in found.items() if key not in twice}


def _inside(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _inside(each)


def put_in(mutant: Mutant, root: Path) -> int:
    """Exchanges the code of every loaded function that the fault changes; tells how many there were."""
    path = str((root / mutant.path).resolve())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        faulty = _functions(compile(code_of(mutant, root), path, "exec"))
    changed = 0
    for one in gc.get_objects():
        if type(one) is FunctionType and one.__code__.co_filename == path:
            code = faulty.get((one.__code__.co_qualname, one.__code__.co_firstlineno))
            if code is not None and code != one.__code__ and len(code.co_freevars) == len(one.__code__.co_freevars):
                one.__code__ = code
                changed += 1
    return changed


Start = Callable[[Mutant, Sequence[str]], int]


class _Collected:
    """Hands over what was collected instead of running it."""

    def __init__(self, then: Callable[[Start], None]) -> None:
        self._then = then

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of pytest's own loop."""
        items = {item.nodeid: item for item in session.items}

        def start(mutant: Mutant, tests: Sequence[str]) -> int:
            def run() -> int:
                chosen = [items[test] for test in tests if test in items]
                if not chosen or not put_in(mutant, Path.cwd()):
                    return NO_TESTS
                return _first_failure(session, chosen)

            return in_child(run)

        gc.unfreeze()  # functions are looked for among what the collector knows
        gc.collect()
        gc.disable()  # a child that walks everything would copy everything
        self._then(start)
        return True


def _first_failure(session: pytest.Session, items: Sequence[pytest.Item]) -> int:
    for place, item in enumerate(items):
        following = items[place + 1] if place + 1 < len(items) else None
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return 1
    return 0


def with_tests_loaded(tests: Sequence[str], then: Callable[[Start], None]) -> None:
    """Collects `tests` in this process, and calls `then` with what starts the chosen ones on a mutant."""
    options = [*(one for one in QUIET if one != "-x"), "-q", "--capture=no", *tests]
    ended = pytest.main(options, plugins=[_Collected(then)])
    if ended not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        sys.stderr.write(f"pytest ended with {ended!r}\n")
