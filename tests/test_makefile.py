"""The commands a newcomer types: what they say when they cannot work, and that the list of them is whole."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
GOALS = (
    "help",
    "run",
    "test",
    "check",
    "format",
    "lock",
    "sbom",
    "integration",
    "bench",
    "profile",
    "mutation",
    "directions",
    "clean",
)


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # A `make` that runs this test must not hand its own flags and overrides on.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def checkout(tmp_path):
    """A folder with a space in its name, and with what the Makefile reads."""
    folder = tmp_path / "a clone"
    folder.mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements.txt", "requirements-dev.txt"):
        (folder / name).write_bytes((ROOT / name).read_bytes())
    return folder


def stand_in(folder: Path, script: str) -> Path:
    path = folder / "python-stand-in"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_help_lists_every_goal():
    listed = re.findall(r"^make (\w+) +\S", make(ROOT, "help").stdout, re.MULTILINE)
    assert sorted(listed) == sorted(GOALS)


def test_make_alone_changes_nothing_and_lists_the_goals():
    assert make(ROOT).stdout == make(ROOT, "help").stdout


@pytest.mark.parametrize("goal", ["run", "test", "check"])
def test_no_python_is_said(checkout, goal):
    done = make(checkout, goal, "PYTHON=no-such-python")
    assert done.returncode == 2
    assert "No Python was found as 'no-such-python'" in done.stderr
    assert not (checkout / ".venv").exists()


def of_version(folder: Path, version: str) -> Path:
    """A Python that believes to be of another version, and that creates no environments."""
    believe = f"import sys; sys.version_info = ({version.replace('.', ', ')}); exec(sys.argv[1])"
    return stand_in(
        folder,
        f'case "$1" in -V) echo Python {version};; -c) exec "{sys.executable}" -c "{believe}" "$2";; *) exit 9;; esac',
    )


def test_a_python_that_is_too_old_is_said(checkout, tmp_path):
    done = make(checkout, "run", f"PYTHON={of_version(tmp_path, '3.10.14')}")
    assert done.returncode == 2
    assert re.search(r"Python 3\.11 or newer is needed, and .* is Python 3\.10\.14", done.stderr)


def test_the_oldest_python_that_will_do_is_taken(checkout, tmp_path):
    done = make(checkout, "run", f"PYTHON={of_version(tmp_path, '3.11.0')}")
    assert done.stdout.endswith("-m venv .venv\n")
    assert "or newer is needed" not in done.stderr


def test_a_python_without_venv_is_said(checkout, tmp_path):
    bare = stand_in(tmp_path, 'case "$*" in *ensurepip*) exit 1;; esac')
    done = make(checkout, "run", f"PYTHON={bare}")
    assert done.returncode == 2
    assert "apt install python3-venv" in done.stderr


@pytest.mark.parametrize(("goal", "lock"), [("run", "requirements.txt"), ("test", "requirements-dev.txt")])
def test_a_fresh_clone_installs_the_lock_by_its_hashes_and_then_the_project(checkout, goal, lock):
    commands = make(checkout, "--dry-run", goal).stdout
    locked = re.search(rf"pip install .*--require-hashes --no-deps --requirement {re.escape(lock)}\n", commands)
    project = re.search(r"pip install .*--no-deps --no-build-isolation --editable \.\n", commands)
    assert locked
    assert project
    assert locked.start() < project.start()


@pytest.mark.parametrize(("fails", "code"), [("nothing", 0), ("--cov=opioids", 2), ("--ignore=tests/opioids", 2)])
def test_both_halves_of_the_tests_run_and_either_can_fail(checkout, fails, code):
    environment = checkout / ".venv"
    (environment / "bin").mkdir(parents=True)
    python = environment / "bin" / "python"
    python.write_text(f'#!/bin/sh\necho "ran $*"\ncase "$*" in *{fails}*) exit 1;; esac\n', encoding="utf-8")
    python.chmod(0o755)
    # Made after all that they depend on, so that nothing is installed.
    (environment / ".created").touch()
    (environment / ".development").touch()
    done = make(checkout, "test")
    measured, rest = re.findall(r"^ran .* --cov=opioids (.+)$|^ran .*? (--ignore=.+)$", done.stdout, re.MULTILINE)
    assert done.returncode == code
    assert [f"--ignore={folder}" for folder in measured[0].split()] == rest[1].split()


def test_run_serves_loopback_only():
    assert re.search(
        r"/opioid-cds serve --host 127\.0\.0\.1 --port 8080$", make(ROOT, "--dry-run", "run").stdout.strip()
    )


def test_ci_runs_the_two_commands_that_developers_run():
    script = ROOT / ".ci" / "run"
    text = script.read_text(encoding="utf-8")
    assert os.access(script, os.X_OK)
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in text
    assert re.findall(r"^make (\w+)", text, re.MULTILINE) == ["check", "test"]
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0


@pytest.fixture
def ci(tmp_path):
    """CI in a copy of the tree's script, on a machine whose programs are stand-ins that note how they were called."""
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci" / "run").write_bytes((ROOT / ".ci" / "run").read_bytes())
    programs = tmp_path / "programs"
    programs.mkdir()

    def stand_in_for(name: str, script: str) -> None:
        path = programs / name
        path.write_text(f'#!/bin/bash\necho "{name} $* CI=$CI" >>"{tmp_path}/called"\n{script}\n', encoding="utf-8")
        path.chmod(0o755)

    def run(*, python: str, apt: str = "") -> tuple[int, list[str]]:
        nothing_missing = dict.fromkeys(("make", "initdb", "chromium", "haproxy"), "")
        for name, script in {"python3": python, "apt-get": apt, **nothing_missing}.items():
            stand_in_for(name, script)
        environment = {"PATH": f"{programs}:/usr/bin:/bin"}
        done = subprocess.run(
            ["bash", str(tmp_path / ".ci" / "run")], env=environment, capture_output=True, check=False
        )
        called = (tmp_path / "called").read_text(encoding="utf-8").splitlines()
        return done.returncode, [line for line in called if not line.startswith("python3")]

    return run


def test_ci_installs_nothing_where_nothing_is_missing(ci):
    assert ci(python="") == (0, ["make check PYTHON=python3 CI=true", "make test PYTHON=python3 CI=true"])


def test_ci_installs_what_is_missing_before_it_tests(ci):
    code, called = ci(python="exit 1")
    assert code == 0
    assert [line.split()[:2] for line in called] == [
        ["apt-get", "update"],
        ["apt-get", "install"],
        ["make", "check"],
        ["make", "test"],
    ]
    assert " python3-venv " in called[1]


def test_ci_fails_when_it_cannot_install(ci):
    code, called = ci(python="exit 1", apt="exit 100")
    assert code == 100
    assert [line.split()[0] for line in called] == ["apt-get"]
