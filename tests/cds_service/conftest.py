"""Applications on an empty database, and what tests call them with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from cds_service.app import create_app
from cds_service.storage import database
from cds_service.storage.models import metadata
from opioids.knowledge import Knowledge
from tests.cds_service import fakes
from tests.cds_service.hospital import Hospital, opened
from tests.postgres import Cluster


@pytest.fixture
def database_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The database of the application: empty, with its tables, as after a service's first start.

    Tests of what is kept override it, to run on each kind of database; how the tables come about is for test_tables.
    """
    copyfile(migrated_sqlite, tmp_path / "test.sqlite3")
    return f"sqlite:///{tmp_path / 'test.sqlite3'}"


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the tables of this version, to be copied: migrating anew for each test takes longer than the test."""
    file = tmp_path_factory.mktemp("migrated") / "migrated.sqlite3"
    _migrated(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Cluster) -> str:
    """The same as a database of the cluster; it is emptied for each test."""
    return _migrated(postgres.new_database())


def _migrated(url: str) -> str:
    engine = database.connect(url)
    database.migrate(engine)
    engine.dispose()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new, empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.sqlite3'}"
    cluster: Cluster = request.getfixturevalue("postgres")
    return cluster.new_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind, with the tables of this version."""
    if request.param == "sqlite":
        copyfile(request.getfixturevalue("migrated_sqlite"), tmp_path / "test.sqlite3")
        return f"sqlite:///{tmp_path / 'test.sqlite3'}"
    url: str = request.getfixturevalue("migrated_postgres")
    engine = database.connect(url)
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            connection.execute(table.delete())
    engine.dispose()
    return url


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Engine]]:
    """The engine of every application that the test makes; all are closed when it ends."""
    made: list[Engine] = []
    beside: list[Engine] = []
    connect = database.connect

    def remembered(url: str) -> Engine:
        made.append(connect(url))
        return made[-1]

    def beside_it(connect: Callable[[str], Engine | None]) -> Callable[[str], Engine | None]:
        def remembered_beside(url: str) -> Engine | None:
            engine = connect(url)
            beside.extend([engine] if engine else [])
            return engine

        return remembered_beside

    monkeypatch.setattr(database, "connect", remembered)
    monkeypatch.setattr(database, "connect_impatiently", beside_it(database.connect_impatiently))
    monkeypatch.setattr(database, "connect_carelessly", beside_it(database.connect_carelessly))
    yield made
    for engine in (*made, *beside):
        engine.dispose()


@pytest.fixture
def put_up(engines: list[Engine]) -> Iterator[Callable[..., Flask]]:
    """`create_app`, and the end of every application that was made when the test ends."""
    made: list[Flask] = []

    def make(*arguments: Any, **parts: Any) -> Flask:
        made.append(create_app(*arguments, **parts))
        return made[-1]

    yield make
    for app in made:
        app.extensions["opioid_cds"].memory.close()
        app.extensions["opioid_cds"].explaining.recorder.close()


@pytest.fixture
def make_app(
    tmp_path: Path, database_url: str, put_up: Callable[..., Flask], knowledge: Knowledge
) -> Callable[..., Flask]:
    def make(toml: str = "", database: str = database_url, **parts: Any) -> Flask:
        given = {
            "knowledge": knowledge,
            "services": fakes.services(),
            "clock": lambda: fakes.NOW,
            "new_uuid": fakes.uuids(),
        }
        return put_up(fakes.settings(tmp_path, toml, database), **{**given, **parts})

    return make


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def hospital(make_app: Callable[..., Flask]) -> Hospital:
    """A hospital with the real services and settings that are all at their defaults."""
    return opened(make_app)
