"""What all tests share: the same examples on every run, the knowledge, and a PostgreSQL of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from opioids import knowledge as known
from opioids.knowledge import Knowledge
from tests import postgres as postgres_server

# The same examples on every run: a red build is red again. `--hypothesis-profile=search` looks for new ones.
settings.register_profile("same", derandomize=True, deadline=None, database=None, print_blob=False)
settings.register_profile(
    "search", deadline=None, max_examples=5000, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("same")


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return known.load()


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgres_server.Cluster]:
    """A PostgreSQL of the tests' own. Without one, tests on it fail in CI and are skipped elsewhere."""
    try:
        with postgres_server.cluster() as running:
            yield running
    except postgres_server.Unavailable as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
