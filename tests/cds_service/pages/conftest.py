"""Applications with pages, whose templates are compiled once for all tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache

from cds_service import settings
from cds_service.app import create_app
from opioids.knowledge import Knowledge
from tests.cds_service.fakes import uuids
from tests.conversations import NOW


class Remembered(BytecodeCache):
    """Templates compiled once for all applications of the tests."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Remembered()


@pytest.fixture(scope="module")
def module_app(tmp_path_factory: pytest.TempPathFactory, knowledge: Knowledge) -> Flask:
    """One application, with the real services, for all tests of a module that change nothing."""
    folder = tmp_path_factory.mktemp("pages")
    never_opened = {
        "OPIOID_CDS_DATABASE__MIGRATE_AT_START": "false",
        "OPIOID_CDS_DATABASE__URL": f"sqlite:///{folder}/none/x",
    }
    app = create_app(settings.load(None, never_opened), knowledge=knowledge, clock=lambda: NOW, new_uuid=uuids())
    app.jinja_env.bytecode_cache = COMPILED
    return app


@pytest.fixture(scope="module")
def real(module_app: Flask) -> FlaskClient:
    """A client of it."""
    return module_app.test_client()


@pytest.fixture
def make_app(make_app: Callable[..., Flask]) -> Callable[..., Flask]:
    def make(*arguments: Any, **parts: Any) -> Flask:
        app = make_app(*arguments, **parts)
        app.jinja_env.bytecode_cache = COMPILED
        return app

    return make
