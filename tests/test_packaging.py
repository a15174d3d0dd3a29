"""What is installed: the lock files, and the wheel as it is built from a copy of this tree, without a network."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

from tests.floors import FLOORS

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.txt", "requirements-dev.txt")
ALL_LOCKS = (*LOCKS, "requirements-sbom.txt")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def distribution(requirement: str) -> str:
    """The normalised name that a requirement begins with."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~\[; ]", requirement)[0]).lower()


def pins(lock: str) -> dict[str, str]:
    """Version by distribution, as a lock file states them."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {distribution(name): version for name, version in re.findall(r"^([\w.-]+)==([\w.+!-]+)", text, re.MULTILINE)}


# ---- the lock files ----


@pytest.mark.parametrize("lock", ALL_LOCKS)
def test_every_locked_distribution_has_a_version_and_hashes(lock):
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert len(entries) == len(pins(lock)) > 10
    for entry in entries:
        assert re.fullmatch(r"[\w.-]+==\S+( +; [^#]+?)?( +--hash=sha256:[0-9a-f]{64})+ *", entry), entry[:80]


@pytest.mark.parametrize("lock", ALL_LOCKS)
def test_a_lock_names_no_host_no_index_and_no_folder(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|index-url|find-links|(^|\s)/|file:|@", text, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_runtime_dependency_is_locked(lock):
    declared = {distribution(requirement) for requirement in PROJECT["project"]["dependencies"]}
    assert declared - set(pins(lock)) == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_the_build_backend_is_locked(lock):
    # Without it an editable install would have to fetch one that nobody pinned.
    assert {distribution(each) for each in PROJECT["dependency-groups"]["build"]} <= set(pins(lock))
    assert [distribution(each) for each in PROJECT["build-system"]["requires"]] == ["setuptools"]


def test_every_development_dependency_is_locked():
    declared = {distribution(requirement) for requirement in PROJECT["dependency-groups"]["dev"]}
    assert declared - set(pins("requirements-dev.txt")) == set()


def test_what_writes_the_sbom_is_locked_apart_and_slows_no_start_down():
    # Where this is installed, jsonschema builds a grammar of IRIs whenever it is imported: seconds, and 20 MB.
    assert {"cyclonedx-bom", "rfc3987-syntax"} <= set(pins("requirements-sbom.txt"))
    assert "rfc3987-syntax" not in pins("requirements-dev.txt")


def test_the_development_lock_holds_the_runtime_lock():
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


def test_nothing_for_development_is_locked_for_running():
    declared = {distribution(requirement) for requirement in PROJECT["dependency-groups"]["dev"]}
    assert declared & set(pins("requirements.txt")) == set()


# ---- the wheel ----


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built in a copy so that neither `build/` nor metadata is left in the tree."""
    copy = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for floor in FLOORS:
        shutil.copytree(ROOT / floor, copy / floor, ignore=shutil.ignore_patterns("__pycache__"))
    build = "from setuptools import build_meta; print(build_meta.build_wheel('dist'))"
    subprocess.run([sys.executable, "-c", build], cwd=copy, check=True, capture_output=True, timeout=120)
    (path,) = (copy / "dist").glob("opioid_cds-*-py3-none-any.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


def shipped(floor: str) -> set[str]:
    """Every file of a floor in the tree, but what Python makes and what an editor hides."""
    paths = {path.relative_to(ROOT) for path in (ROOT / floor).rglob("*") if path.is_file()}
    return {path.as_posix() for path in paths if not any(p == "__pycache__" or p.startswith(".") for p in path.parts)}


@pytest.mark.parametrize("floor", FLOORS)
def test_the_wheel_holds_every_file_of_the_floor_and_no_other(wheel, floor):
    packed = {name for name in wheel.namelist() if name.startswith(f"{floor}/")}
    assert packed == shipped(floor)


def test_the_wheel_holds_nothing_but_the_floors(wheel):
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(FLOORS)


def test_the_wheel_holds_data_of_every_kind(wheel):
    # Guards the comparison above against a tree in which somebody moved the data away.
    for folder in (
        "opioids/knowledge/",
        "cds_service/schemas/",
        "cds_service/storage/migrations/",
        "cds_service/pages/",
    ):
        found = [name for name in wheel.namelist() if name.startswith(folder) and not name.endswith("__init__.py")]
        assert found, folder


def metadata(wheel: zipfile.ZipFile, name: str) -> str:
    (path,) = (each for each in wheel.namelist() if each.endswith(f".dist-info/{name}"))
    return wheel.read(path).decode()


def test_the_wheel_asks_for_the_declared_dependencies_only(wheel):
    required = message_from_string(metadata(wheel, "METADATA")).get_all("Requires-Dist") or []
    assert {distribution(each) for each in required} == {distribution(e) for e in PROJECT["project"]["dependencies"]}


def test_the_wheel_brings_the_command(wheel):
    assert "opioid-cds = cds_service.cli:main" in metadata(wheel, "entry_points.txt")


def test_the_service_starts_from_the_wheel_alone(wheel, tmp_path):
    # Away from the checkout: whatever is read beside the code must have been packed with it.
    wheel.extractall(tmp_path / "site")
    code = (
        "import sys; sys.path.insert(0, 'site')\n"
        "import cds_service; assert 'site' in cds_service.__file__, cds_service.__file__\n"
        "from cds_service.wsgi import app\n"
        "with app.test_client() as client:\n"
        "    print(client.get('/cds-services').status_code, client.get('/readyz').status_code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout.strip(), done.returncode) == ("200 200", 0), done.stderr
