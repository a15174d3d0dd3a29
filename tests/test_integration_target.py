"""`make integration` without the server that it needs: what it says then, and that its patients stay the same."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.integration import hapi
from tests.integration.patients import HOW_MANY, charts

ROOT = Path(__file__).resolve().parents[1]
DAY = date(2026, 11, 22)


def stand_in(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def on_path(tmp_path, monkeypatch):
    """A folder that is all that is on the path."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_without_java_it_says_that_nothing_was_tested_and_fails(on_path):
    command = [sys.executable, "-m", "tests.integration"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 77
    assert "SKIPPED, NOTHING WAS TESTED: no 'java' on the path" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("0 passed, 0 failed, ")


@pytest.mark.parametrize(("version", "words"), [("1.8.0_392", "'java' is 1"), ("11.0.2", "'java' is 11")])
def test_an_old_java_is_named(on_path, version, words):
    stand_in(on_path, "java", f"echo 'openjdk version \"{version}\"' >&2")
    stand_in(on_path, "mvn", "exit 0")
    with pytest.raises(hapi.CannotRun, match=words):
        hapi.require()


@pytest.mark.parametrize("version", ["17.0.15", "21", "25.0.1"])
def test_a_newer_java_will_do(on_path, version):
    stand_in(on_path, "java", f"echo 'openjdk version \"{version}\" 2025-04-15' >&2")
    stand_in(on_path, "mvn", "exit 0")
    assert hapi.require() == int(version.split(".")[0])


@pytest.mark.parametrize(
    ("said", "expected"),
    [("[ERROR] Could not transfer artifact", hapi.CannotRun), ("[ERROR] COMPILATION ERROR :", RuntimeError)],
)
def test_artifacts_that_cannot_be_had_are_told_from_a_fault_of_ours(on_path, said, expected):
    stand_in(on_path, "mvn", f"echo '{said}'; exit 1")
    with pytest.raises(expected):
        hapi.build()


def test_the_patients_are_the_same_for_the_same_day():
    assert charts(DAY) == charts(DAY)
    assert charts(DAY) != charts(date(2026, 11, 23))
    assert len({chart.id for chart in charts(DAY)}) == HOW_MANY


def test_artifacts_come_from_wherever_maven_is_told():
    assert "repositor" not in (hapi.PROJECT / "pom.xml").read_text(encoding="utf-8")
