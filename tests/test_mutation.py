"""The mutation tests make faults that matter, run them, and tell noticed ones from others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation import work
from tests.mutation.mutants import code_of, mutants_of
from tests.mutation.trial import LOADING, Baseline
from tests.mutation.work import drawn

ROOT = Path(__file__).resolve().parents[1]

MODULE = '''\
"""Words that are no code."""

LIMIT = 3
NAMES = "one|two"


def over(value: int, strict: bool = True) -> bool:
    """More than the limit."""
    if value > LIMIT and strict:
        return True
    raise ValueError(f"no more than {LIMIT}")
'''


@pytest.fixture
def module(tmp_path):
    (tmp_path / "toy.py").write_text(MODULE, encoding="utf-8")
    return Path("toy.py")


def test_mutants_change_what_matters_and_leave_words_alone(module, tmp_path):
    found = [(one.line, one.after) for one in mutants_of(module, tmp_path)]
    assert found == [
        (3, "LIMIT = 4"),
        (4, "NAMES = 'two'"),
        (7, "def over(value: int, strict: bool=False) -> bool:"),
        (9, "if value > LIMIT or strict:"),
        (9, "if value >= LIMIT and strict:"),
        (9, "if not (value > LIMIT and strict):"),
        (10, "return False"),
        (10, "return None"),
        (11, "raise ZeroDivisionError"),
    ]


@pytest.mark.parametrize(
    ("code", "mutated"),
    [
        ("x = not y", "x = not not y"),
        ("x = a if b else c", "x = a if not b else c"),
        ("x = [a for a in b if a]", "x = [a for a in b]"),
        ("x = min(a)", "x = max(a)"),
        ("x = a + b", "x = a - b"),
        ("x = 'q'", "x = 'mutant'"),
        ("x = D('0.5')", "x = D('1.0')"),
        ("x = D('0')", "x = D('1')"),
        ("x += a", "x -= a"),
        ("f(a)", "None"),
        ("x = a is b", "x = a is not b"),
        ("while a:\n    f(b)", "while not a:"),
    ],
)
def test_each_kind_of_fault(code, mutated, tmp_path):
    (tmp_path / "toy.py").write_text(code, encoding="utf-8")
    assert mutated in [one.after for one in mutants_of(Path("toy.py"), tmp_path)]


@pytest.mark.parametrize(
    "code", ["import a", "x: int", "T = TypeVar('T')", "raise E('words')", "x = f'words {a}'", "x = f(detail='words')"]
)
def test_what_cannot_matter_is_left_alone(code, tmp_path):
    (tmp_path / "toy.py").write_text(code, encoding="utf-8")
    assert [one.after for one in mutants_of(Path("toy.py"), tmp_path) if "words" not in one.after] in (
        [],
        ["raise ZeroDivisionError"],
    )


def test_code_of_a_mutant_holds_its_fault_and_no_other(module, tmp_path):
    mutant = next(one for one in mutants_of(module, tmp_path) if one.after == "LIMIT = 4")
    namespace: dict[str, object] = {}
    exec(compile(code_of(mutant, tmp_path), "toy.py", "exec"), namespace)  # noqa: S102 - what mutation tests are for
    assert namespace["LIMIT"] == 4
    assert namespace["NAMES"] == "one|two"


SCRIPT = """
import os, sys
from pathlib import Path
from tests.mutation.mutants import mutants_of
from tests.mutation.trial import baseline, start
from tests.mutation.warm import can_be_put_in, with_tests_loaded
known = baseline(["check"], "toys")
assert list(known.seconds) == ["check/test_toy.py::test_limit"], known
assert known.lines["toys/toy.py"][9] == {"check/test_toy.py::test_limit"}, known
mutants = mutants_of(Path("toys/toy.py"), Path.cwd())
def try_out(some, start, how):
    for mutant in some:
        _, status = os.waitpid(start(mutant, list(known.seconds)), 0)
        print(how, os.waitstatus_to_exitcode(status), mutant.after)
try_out(mutants, start, "anew")
quick = [one for one in mutants if can_be_put_in(one, known, Path.cwd())]
with_tests_loaded(["check"], lambda start: try_out(quick, start, "loaded"))
"""


def test_noticed_faults_are_told_from_others(tmp_path):
    for folder, name, text in (
        ("toys", "__init__.py", ""),
        ("toys", "toy.py", MODULE),
        ("check", "test_toy.py", "from toys.toy import over\n\ndef test_limit():\n    assert over(4) is True\n"),
    ):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_text(text, encoding="utf-8")
    path = f"{tmp_path}:{ROOT}"
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=tmp_path,
        env={"PYTHONPATH": path, "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    verdicts = {"anew": {}, "loaded": {}}
    for line in filter(None, ran.stdout.splitlines()):
        how, ended, fault = line.split(" ", 2)
        verdicts[how][fault] = ended
    assert verdicts["anew"]["LIMIT = 4"] == "1"
    assert verdicts["anew"]["return False"] == "1"
    assert verdicts["anew"]["NAMES = 'two'"] == "0"
    assert verdicts["anew"]["if value >= LIMIT and strict:"] == "0"
    in_the_function = {
        fault: ended for fault, ended in verdicts["anew"].items() if not fault.startswith(("LIMIT", "NAMES", "def"))
    }
    assert verdicts["loaded"] == in_the_function


def test_larger_sample_of_a_seed_begins_with_the_smaller_one(module, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    every = drawn([module], 100, 1, lambda _: True)
    assert sorted(every, key=lambda one: one.number) == mutants_of(module, tmp_path)
    assert drawn([module], 3, 1, lambda _: True) == every[:3]
    assert drawn([module], 100, 1, lambda one: one.line == 4) == [one for one in every if one.line == 4]
    assert drawn([module], 100, 2, lambda _: True) != every


def test_fault_of_a_table_is_shown_first_to_tests_that_are_about_little_else(module, tmp_path):
    known = Baseline(
        seconds={"test_toy.py::own": 3, "test_words.py::a": 2, "test_all.py::a": 1, "test_all.py::b": 1},
        lines={"toy.py": {3: {LOADING}, 9: {"test_toy.py::own", "test_words.py::a", "test_all.py::a"}}},
    )
    limit = mutants_of(module, tmp_path)[0]
    assert work.tests_for(limit, known, {}, 10) == ["test_toy.py::own", "test_words.py::a", "test_all.py::a"]
    assert work.tests_for(limit, known, {}, 5) == ["test_toy.py::own", "test_words.py::a"]
