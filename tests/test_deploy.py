"""The deployments to start from: they agree with the image and with the settings, as far as reading can tell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from cds_service import cli
from tests.dockerfile import stages

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
COMPOSE = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
KUBERNETES = (DEPLOY / "kubernetes" / "opioid-cds.yaml").read_text(encoding="utf-8")


@pytest.fixture
def final():
    return stages(ROOT / "Dockerfile")[-1]


def test_the_settings_to_start_from_are_free_of_mistakes(monkeypatch, tmp_path):
    key = tmp_path / "key"
    key.write_text("k" * 64, encoding="utf-8")
    monkeypatch.setenv("OPIOID_CDS_SITE__KEY_FILE", str(key))
    monkeypatch.setenv("OPIOID_CDS_DATABASE__URL", "postgresql+psycopg://cds:secret-word@database/cds")
    result = CliRunner().invoke(cli.main, ["check-config", str(DEPLOY / "cds.toml")])
    assert result.exit_code == 0, result.output
    assert "no mistakes, mode production" in result.output
    assert "secret-word" not in result.output


def test_without_a_site_key_they_are_not(monkeypatch):
    monkeypatch.setenv("OPIOID_CDS_DATABASE__URL", "postgresql+psycopg://cds:secret-word@database/cds")
    result = CliRunner().invoke(cli.main, ["check-config", str(DEPLOY / "cds.toml")])
    assert result.exit_code == 1
    assert "site.key_file" in result.output


def test_every_service_starts_in_shadow_or_off():
    toml = (DEPLOY / "cds.toml").read_text(encoding="utf-8")
    blocks = re.findall(r"^\[services\.(opioid-[a-z-]+)\]\n(\w+ = \w+)$", toml, re.MULTILINE)
    assert len(blocks) == 4
    assert {set_to for _, set_to in blocks} == {"shadow = true", "enabled = false"}


def test_kubernetes_runs_the_image_as_its_own_user_on_its_own_port(final):
    user, group = final.only("USER").split(":")
    assert set(re.findall(r"runAsUser: (\d+)", KUBERNETES)) == {user}
    assert set(re.findall(r"runAsGroup: (\d+)", KUBERNETES)) == {group}
    assert re.findall(r"containerPort: (\d+)", KUBERNETES) == [final.only("EXPOSE")]
    assert KUBERNETES.count("readOnlyRootFilesystem: true") == KUBERNETES.count("image: ")


def test_the_zone_by_whose_midnight_orders_end_is_there_to_be_set():
    assert re.findall(r"^ +TZ: (\S+)$", COMPOSE, re.MULTILINE) == ["Etc/UTC"]
    assert re.findall(r"name: TZ, value: (\S+)\}", KUBERNETES) == ["Etc/UTC"]


def test_probes_ask_the_addresses_that_there_are():
    asked = re.findall(r"(\w+Probe):\n\s+httpGet: \{path: (/\w+),", KUBERNETES)
    assert dict(asked) == {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}


def test_a_probe_of_kubernetes_asks_the_one_worker_that_there_is():
    """One of several that hangs would be noticed by chance."""
    assert re.findall(r"name: OPIOID_CDS_SERVER__WORKERS, value: (\S+)\}", KUBERNETES) == ['"1"']


def test_what_the_settings_name_is_mounted_where_they_name_it():
    toml = (DEPLOY / "cds.toml").read_text(encoding="utf-8")
    (key_file,) = re.findall(r'^key_file = "/run/secrets/([\w-]+)"$', toml, re.MULTILINE)
    assert f"target: {key_file}" in COMPOSE
    assert f"path: {key_file}}}" in KUBERNETES


def test_no_image_floats():
    images = re.findall(r"image: (\S+)", COMPOSE + KUBERNETES)
    assert len(images) >= 5
    assert all(re.search(r":\d+\.\d+", image) for image in images)


def test_no_secret_is_written_down():
    assert not re.search(r"(?i)(password|secret|key)\s*[:=]\s*[\"']?[0-9a-f]{16,}", COMPOSE + KUBERNETES)
    assert "OPIOID_CDS_DATABASE__URL, value" not in KUBERNETES
