from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from cds_service.app import create_app
from cds_service.storage import database
from opioids import knowledge as known
from opioids.knowledge import Knowledge
from tests.cds_service import fakes
from tests.postgres import Cluster


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return known.load()


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """The database of the application. Tests of what is kept override it, to run on each kind of database."""
    return f"sqlite:///{tmp_path / 'test.sqlite3'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new, empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.sqlite3'}"
    cluster: Cluster = request.getfixturevalue("postgres")
    return cluster.new_database()


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Engine]]:
    """Every engine that the test makes, closed when it ends."""
    made: list[Engine] = []
    connect = database.connect

    def remembered(url: str) -> Engine:
        made.append(connect(url))
        return made[-1]

    monkeypatch.setattr(database, "connect", remembered)
    yield made
    for engine in made:
        engine.dispose()


@pytest.fixture
def make_app(tmp_path: Path, database_url: str, engines: list[Engine], knowledge: Knowledge) -> Callable[..., Flask]:
    def make(toml: str = "", database: str = database_url, **parts: Any) -> Flask:
        given = {
            "knowledge": knowledge,
            "services": fakes.services(),
            "clock": lambda: fakes.NOW,
            "new_uuid": fakes.uuids(),
        }
        return create_app(fakes.settings(tmp_path, toml, database), **{**given, **parts})

    return make


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
