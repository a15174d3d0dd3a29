"""What is kept by the real server: nothing that was acknowledged is lost, and instances agree."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from http.client import HTTPException
from itertools import count
from pathlib import Path
from uuid import UUID

import orjson
import pytest
from sqlalchemy import Engine, select

from cds_service.storage import database
from cds_service.storage.models import feedback, shown_card
from tests.cds_service.fakes import feedback_item
from tests.cds_service.hospital import SIGN, signing
from tests.cds_service.test_server import ask, serving, wait_for_workers

CALL, FEEDBACK = f"/cds-services/{SIGN}", f"/cds-services/{SIGN}/feedback"
REVIEW = "DeprescribingReview"


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    engine = database.connect(url)
    try:
        yield engine
    finally:
        engine.dispose()


def cards(port: int, patient: str = "p1") -> dict[str, str]:
    """Ids of the cards by topic."""
    status, body = ask(port, "POST", CALL, orjson.dumps(signing(patient)))
    assert status == 200
    return {card["source"]["topic"]["code"]: card["uuid"] for card in orjson.loads(body)["cards"]}


def workers_of(server: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{server}/task/{server}/children").read_text().split()]


def tell(port: int, card: str) -> bool:
    """Whether feedback was acknowledged; a connection that a dying worker breaks is not."""
    try:
        return ask(port, "POST", FEEDBACK, orjson.dumps({"feedback": [feedback_item(card=card)]}))[0] == 200
    except (OSError, HTTPException):
        return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="workers are found in /proc")
def test_a_worker_that_is_killed_under_load_loses_no_acknowledged_feedback(tmp_path):
    url = f"sqlite:///{tmp_path / 'x.sqlite3'}"
    with serving(tmp_path, f'[server]\nworkers = 2\nstop_seconds = 2\n[database]\nurl = "{url}"') as (process, port):
        wait_for_workers(tmp_path, 2)
        acknowledged = told_while_a_worker_is_killed([port], process.pid)
    with opened(url) as engine, engine.connect() as connection:
        assert acknowledged - set(connection.scalars(select(feedback.c.card))) == set()


def told_while_a_worker_is_killed(ports: list[int], server: int) -> set[str]:
    """The cards of which feedback was acknowledged, by four senders at once."""
    acknowledged: list[str] = []
    over = threading.Event()

    def load(sender: int) -> None:
        for number in count():
            if over.is_set():
                return
            card = str(UUID(int=(sender << 64) + number))
            if tell(ports[number % len(ports)], card):
                acknowledged.append(card)

    senders = [threading.Thread(target=load, args=(number,)) for number in range(4)]
    for sender in senders:
        sender.start()
    try:
        wait_until(lambda: len(acknowledged) > 20)
        os.kill(workers_of(server)[0], signal.SIGKILL)
        so_far = len(acknowledged)
        wait_until(lambda: len(acknowledged) > so_far + 20)
    finally:
        over.set()
        for sender in senders:
            sender.join()
    return set(acknowledged)


def wait_until(happened: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_two_instances_on_one_postgresql_agree_and_note_everything_before_they_stop(tmp_path, postgres):
    url = postgres.new_database()
    with ExitStack() as both:
        servers = []
        for name in ("one", "other"):
            (tmp_path / name).mkdir()
            servers.append(both.enter_context(serving(tmp_path / name, f'[database]\nurl = "{url}"')))
        (_, one), (process, other) = servers
        shown = cards(one)
        assert REVIEW in shown
        assert REVIEW in cards(other)
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        reason = {"overrideReason": {"reason": {"code": "benefits-outweigh-harms"}}, "outcomeTimestamp": now}
        item = feedback_item(card=shown[REVIEW], outcome="overridden", acceptedSuggestions=..., **reason)
        for port in (other, one):
            assert ask(port, "POST", FEEDBACK, orjson.dumps({"feedback": [item]}))[0] == 200
        # At once, unless this machine is so busy that the question about it took too long: then all is shown.
        for port in (one, other):
            wait_until(lambda port=port: REVIEW not in cards(port))
        acknowledged = told_while_a_worker_is_killed([one, other], process.pid)
        last = {*cards(one, "p2").values(), *answered(other, "p2").values()}
    with opened(url) as engine, engine.connect() as connection:
        kept = list(connection.scalars(select(feedback.c.card)))
        assert kept.count(shown[REVIEW]) == 1, "told to both, kept once"
        assert acknowledged - set(kept) == set()
        assert last - set(connection.scalars(select(shown_card.c.card))) == set(), "noted just before the end"
        assert len(set(connection.scalars(select(shown_card.c.patient)))) == 2, "one key for both"


def answered(port: int, patient: str) -> dict[str, str]:
    """The cards, once the worker that was killed has been replaced."""
    found: list[dict[str, str]] = []

    def is_back() -> bool:
        with suppress(OSError, HTTPException):
            found.append(cards(port, patient))
        return bool(found)

    wait_until(is_back)
    return found[0]
