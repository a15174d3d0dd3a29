"""The documents: every link, path and command that they name is there, and their contents are whole."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from cds_service.cli import COMMANDS
from tests.markdown import anchor, headings
from tests.test_makefile import GOALS

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("opioids", "fhir_mappings", "hooks", "cds_service", "tests", "docs", "fixtures", "deploy", "benchmarks")
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/**/*.md", "fixtures/*/README.md", "opioids/**/*.md")
    for path in ROOT.glob(pattern)
)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def links(text: str) -> list[str]:
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not link.startswith(("http:", "https:"))]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_to_a_file_and_a_heading(name):
    for link in links(text_of(name)):
        path, _, part = link.partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        assert target.exists(), link
        assert not part or part in map(anchor, headings(target.read_text(encoding="utf-8"))), link


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_path_of_the_project_is_there(name):
    named = re.findall(rf"`((?:{'|'.join(FOLDERS)})/[\w./-]*)(?=[`:])", text_of(name))
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_is_there(name):
    text = text_of(name)
    assert set(re.findall(r"`make (\w+)", text)) <= set(GOALS)
    assert set(re.findall(r"opioid-cds ([a-z][\w-]+)(?=[ `])", text)) <= COMMANDS.keys()
    modules = re.findall(r"python -m ((?:tests|benchmarks)[\w.]*\w)", text)
    assert [module for module in modules if find_spec(module) is None] == []


@pytest.mark.parametrize("name", ["docs/decisions.md", "docs/clinical-basis.md", "docs/specification.md"])
def test_contents_name_every_chapter_in_its_order(name):
    text = text_of(name)
    listed = re.findall(r"^- \[(.+)\]\(#", text, re.MULTILINE)
    assert listed == headings(text, "##")


@pytest.mark.parametrize("name", ["docs/formulary.md", "opioids/knowledge/formulary/SOURCES.md"])
def test_as_many_products_are_named_as_there_are(name, knowledge):
    assert f"{len(knowledge.formulary.products):,} opioid products" in text_of(name)
