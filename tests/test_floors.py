"""Imports point downward, and each library stays on its floor."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.floors import DISTRIBUTIONS, FLOORS, check, check_tree, parse

ROOT = Path(__file__).resolve().parents[1]


def test_every_import_points_down_and_every_library_is_on_its_floor():
    assert check_tree(ROOT) == []


def test_every_declared_dependency_has_a_floor():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[<>=!~\[; ]", requirement)[0] for requirement in project["dependencies"]}
    assert declared == set(DISTRIBUTIONS)


# ---- the check can fail ----

FORBIDDEN = {
    "up by one floor": ("opioids/mme.py", "import fhir_mappings"),
    "up by two floors": ("opioids/mme.py", "from hooks.cards import render"),
    "up to the shell": ("hooks/cards.py", "from cds_service import settings"),
    "up from a subpackage": ("opioids/rules/naloxone.py", "import hooks.cards"),
    "up from a package's own file": ("fhir_mappings/__init__.py", "from hooks import protocol"),
    "up, for types only": ("opioids/mme.py", "if TYPE_CHECKING:\n    from hooks import protocol"),
    "up, inside a function": ("opioids/mme.py", "def total():\n    import cds_service.request_json"),
    "up, among others": ("opioids/mme.py", "import decimal, hooks"),
    "up, under another name": ("opioids/mme.py", "import hooks as decimal"),
    "up, by import_module": ("opioids/mme.py", "import importlib\nimportlib.import_module('hooks.cards')"),
    "up, by __import__": ("opioids/mme.py", "__import__('hooks')"),
    "hidden in a variable": ("opioids/mme.py", "from importlib import import_module\nimport_module(name)"),
    "hidden in the start of a name": ("opioids/mme.py", "import_module(f'{floor}.cards')"),
    "up, by a name whose end is chosen later": ("opioids/mme.py", "import_module(f'hooks.{name}')"),
    "relative, out of the package": ("opioids/mme.py", "from .. import hooks"),
    "relative, out of a subpackage": ("opioids/rules/naloxone.py", "from ...hooks import cards"),
    "relative, out of the package's own file": ("hooks/__init__.py", "from ..cds_service import request_json"),
    "a library in the domain": ("opioids/mme.py", "import orjson"),
    "a library in the mappings": ("fhir_mappings/timing.py", "from pydantic import BaseModel"),
    "a library in the hooks": ("hooks/cards.py", "from flask import g"),
    "FHIR models where there are to be none": ("fhir_mappings/prescriptions.py", "from fhir.resources import R4B"),
    "FHIR models in the shell": ("cds_service/request_json.py", "from fhir.resources.R4B.bundle import Bundle"),
    "another library beside the models": ("fhir_mappings/models.py", "import orjson"),
    "another library beside the writer of bytes": ("fhir_mappings/written.py", "import jsonschema"),
    "the writer's library elsewhere in the mappings": ("fhir_mappings/takings.py", "import orjson"),
    "an undeclared library in the shell": ("cds_service/app.py", "import httpx"),
    "the tests": ("cds_service/app.py", "from tests import oracle"),
    "the benchmarks": ("cds_service/app.py", "from benchmarks import payloads"),
}

ALLOWED = {
    "the standard library": ("opioids/mme.py", "from decimal import Decimal\nimport collections.abc"),
    "its own floor": ("opioids/mme.py", "from opioids.quantities import Amount"),
    "its own floor, relatively": ("opioids/rules/naloxone.py", "from ..case import Case\nfrom . import overlap"),
    "one floor down": ("fhir_mappings/timing.py", "from opioids.quantities import Amount"),
    "the library of JSON where values become bytes": ("fhir_mappings/written.py", "import orjson"),
    "two floors down": ("hooks/reading.py", "from opioids.case import Case"),
    "all floors from the shell": ("cds_service/app.py", "import opioids, fhir_mappings, hooks"),
    "models where they belong": ("fhir_mappings/models.py", "from fhir.resources.R4B.timing import Timing"),
    "models by a name whose end is chosen later": (
        "fhir_mappings/models.py",
        "import_module(f'fhir.resources.{edition}timing')",
    ),
    "a declared library in the shell": ("cds_service/app.py", "import flask\nfrom werkzeug import exceptions"),
    "its own floor, by a name whose end is chosen later": ("hooks/cards.py", "import_module(f'hooks.{name}')"),
    "a word that only looks like an import": ("opioids/mme.py", "text = 'import hooks'  # import hooks"),
}


@pytest.mark.parametrize(("path", "source"), FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_a_forbidden_import_is_found(path, source):
    assert len(list(check(parse(path, source)))) == 1


@pytest.mark.parametrize(("path", "source"), ALLOWED.values(), ids=ALLOWED.keys())
def test_an_allowed_import_is_left_alone(path, source):
    assert list(check(parse(path, source))) == []


def test_a_fault_says_where_it_is(tmp_path):
    for floor in FLOORS:
        (tmp_path / floor).mkdir()
        (tmp_path / floor / "__init__.py").touch()
    (tmp_path / "opioids" / "rules").mkdir()
    (tmp_path / "opioids" / "rules" / "naloxone.py").write_text("import decimal\nimport hooks\n", encoding="utf-8")
    assert check_tree(tmp_path) == ["opioids/rules/naloxone.py:2: opioids may not import hooks: it points up"]


def test_a_floor_without_modules_is_a_fault(tmp_path):
    assert check_tree(tmp_path) == [f"{floor}: no modules found" for floor in FLOORS]
