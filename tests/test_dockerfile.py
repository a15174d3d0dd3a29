"""The image's properties, read from the Dockerfile: no engine is needed to see most mistakes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.dockerfile import stages
from tests.floors import FLOORS

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def builder():
    return stages(ROOT / "Dockerfile")[0]


@pytest.fixture(scope="module")
def final():
    return stages(ROOT / "Dockerfile")[-1]


def test_there_are_two_stages_on_the_same_exact_base(builder, final):
    assert len(stages(ROOT / "Dockerfile")) == 2
    assert builder.name == "builder"
    assert builder.base == final.base
    assert re.fullmatch(r"python:3\.1[1-9]\.\d+-slim-bookworm", final.base)


def test_the_builder_installs_the_lock_by_its_hashes(builder):
    installs = [run for run in builder.all("RUN") if "requirements.txt" in run]
    assert len(installs) == 1
    assert "--require-hashes" in installs[0]


def test_the_project_is_installed_as_a_wheel(builder):
    (run,) = (run for run in builder.all("RUN") if " wheel " in run)
    assert "--no-deps --no-index dist/*.whl" in run
    assert "--editable" not in run
    assert " -e " not in run


def test_the_environment_that_is_shipped_holds_no_installer(builder, final):
    made = [run for run in builder.all("RUN") if "venv" in run.split()]
    assert made == ["python -m venv --without-pip /opt/venv"]
    assert builder.all("RUN")[-1].endswith("uninstall --yes setuptools")
    assert "pip uninstall --yes pip" in final.all("RUN")[0]
    assert "ensurepip" in final.all("RUN")[0]


def test_the_last_stage_installs_nothing(final):
    assert not re.search(r"\b(apt|apt-get|gcc|curl|pip install)\b", "\n".join(final.all("RUN")))


def test_only_the_environment_and_the_conversations_are_copied_into_the_last_stage(final):
    assert final.all("COPY") == [
        "--from=builder /opt/venv /opt/venv",
        "fixtures/conversations/ /usr/share/opioid-cds/conversations/",
    ]
    assert final.environment["OPIOID_CDS_PAGES__CONVERSATIONS"] == "/usr/share/opioid-cds/conversations"
    assert final.environment["PATH"].startswith("/opt/venv/bin:")


def test_the_user_is_a_number_and_not_root(final):
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", final.only("USER"))


def test_the_user_may_write_where_the_database_is(final):
    volume = final.only("VOLUME")
    user, group = final.only("USER").split(":")
    assert final.environment["OPIOID_CDS_DATABASE__URL"].startswith(f"sqlite:///{volume}/")
    assert f"install --directory --owner={user} --group={group} --mode=0750 {volume}" in final.all("RUN")
    assert final.only("WORKDIR") == volume


def test_the_folder_is_made_before_it_becomes_a_volume(final):
    # What a RUN changes in a volume after it was declared is lost.
    order = [instruction for instruction, _ in final.instructions]
    assert order.index("VOLUME") > max(index for index, name in enumerate(order) if name == "RUN")


def test_it_serves_every_interface_on_the_exposed_port(final):
    port = final.only("EXPOSE")
    assert json.loads(final.only("CMD")) == ["opioid-cds", "serve", "--host", "0.0.0.0", "--port", port]


def test_it_is_stopped_by_the_signal_that_the_server_understands(final):
    assert final.only("STOPSIGNAL") == "SIGTERM"


def test_health_is_asked_for_with_the_standard_library(final):
    python, flag, code = final.healthcheck
    assert (python, flag) == ("python", "-c")
    assert f"http://127.0.0.1:{final.only('EXPOSE')}/healthz" in code
    assert re.findall(r"import (\S+?);", code) == ["urllib.request"]
    compile(code, "healthcheck", "exec")


def test_everything_that_is_copied_exists_and_passes_the_ignore_file(builder, final):
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    let_in = {line[1:].rstrip("/") for line in ignore if line.startswith("!")}
    assert "*" in ignore
    for stage in (builder, final):
        for copy in stage.all("COPY"):
            if not copy.startswith("--from="):
                source = copy.split()[0].rstrip("/")
                assert (ROOT / source).exists(), source
                assert source.split("/")[0] in let_in, source


def test_every_floor_is_copied_into_the_builder(builder):
    assert set(FLOORS) <= {copy.split()[0].rstrip("/") for copy in builder.all("COPY")}
