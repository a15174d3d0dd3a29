"""A PostgreSQL cluster of the tests' own, in a folder that goes with it, reached by a socket in that folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg

SYSTEM_USER = "postgres"
"""PostgreSQL refuses to run as root; its packages bring this user."""
START_SECONDS = 60


class Unavailable(Exception):
    """This machine cannot run PostgreSQL; the message says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A running cluster. Each database that is asked for is new and empty."""

    folder: Path
    programs: Path
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def new_database(self) -> str:
        """The URL of a new database."""
        name = f"test_{next(self.numbers)}"
        with psycopg.connect(f"host={self.folder} user=cds dbname=postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://cds@/{name}?host={self.folder}"

    def dump(self, url: str) -> str:
        """Everything that a database holds, as text."""
        where = ("--host", str(self.folder), "--username", "cds")
        return run_as_owner(self.folder, self.programs / "pg_dump", *where, "--inserts", self._name(url))

    def _name(self, url: str) -> str:
        return url.rpartition("?")[0].rpartition("/")[2]


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Runs a cluster while the block lasts. Raises `Unavailable`."""
    programs = find_programs()
    folder = Path(tempfile.mkdtemp(prefix="opioid-cds-postgres-"))
    try:
        _give_to_owner(folder)
        made = ("--auth=trust", "--username=cds", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
        run_as_owner(folder, programs / "initdb", "--pgdata", str(folder / "files"), *made)
        # Nothing here outlives the tests: no writing to disk for safety, and no port that others could reach.
        quick = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "listen_addresses=", "-k", str(folder))
        log = (folder / "log").open("wb")
        server = subprocess.Popen(
            [*_owner(), str(programs / "postgres"), "-D", str(folder / "files"), *quick],
            cwd=folder,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
        )
        try:
            _wait_for(server, folder, programs)
            yield Cluster(folder=folder, programs=programs)
        finally:
            stop = ("stop", "--mode", "immediate", "--silent", "--pgdata", str(folder / "files"))
            run_as_owner(folder, programs / "pg_ctl", *stop)
            server.wait(START_SECONDS)
            log.close()
    finally:
        shutil.rmtree(folder)


def find_programs() -> Path:
    """The folder of PostgreSQL's programs: on the path, or where Debian keeps them. Raises `Unavailable`."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not versions:
        raise Unavailable("PostgreSQL is not installed (Debian's package: postgresql)")
    return versions[-1].parent


def run_as_owner(folder: Path, *command: object) -> str:
    """What a program of PostgreSQL prints, run by a user that may run it."""
    done = subprocess.run(
        [*_owner(), *map(str, command)], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _owner() -> list[str]:
    return [] if os.geteuid() else ["runuser", "-u", SYSTEM_USER, "--"]


def _give_to_owner(folder: Path) -> None:
    if os.geteuid():
        return
    try:
        shutil.chown(folder, SYSTEM_USER)
    except LookupError:
        raise Unavailable(f"PostgreSQL does not run as root, and there is no user {SYSTEM_USER}") from None
    if not shutil.which("runuser"):
        raise Unavailable("PostgreSQL does not run as root, and there is no runuser")


def _wait_for(server: subprocess.Popen[bytes], folder: Path, programs: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    ask = [str(programs / "pg_isready"), "--quiet", "--host", str(folder)]
    while subprocess.run(ask, check=False).returncode:
        assert server.poll() is None, (folder / "log").read_text()
        assert time.monotonic() < deadline, (folder / "log").read_text()
        time.sleep(0.05)
