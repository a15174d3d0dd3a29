"""Notes are written beside the calls: gathered, tried again while the database is away, and written at the end."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import DataError, OperationalError

from cds_service.storage import recorder as module
from cds_service.storage.cards import NotedCall
from cds_service.storage.recorder import Recorder

AWAY = OperationalError("insert", None, Exception("away"))


def call(orders: int = 0) -> NotedCall:
    return NotedCall(
        at=datetime(2026, 1, 31, tzinfo=UTC),
        service_id="s",
        hook="order-sign",
        orders=orders,
        shadow=False,
        prescriber="",
    )


class Database:
    """Takes batches; is away for the first `away` of them. `full` is set once it has `expected` calls."""

    def __init__(self, away: int = 0, expected: int = 1) -> None:
        self.away = away
        self.expected = expected
        self.batches: list[Sequence[NotedCall]] = []
        self.full = threading.Event()

    def __call__(self, batch: Sequence[NotedCall]) -> None:
        if self.away > 0:
            self.away -= 1
            raise AWAY
        self.batches.append(batch)
        if len(self.calls) >= self.expected:
            self.full.set()

    @property
    def calls(self) -> list[int]:
        return [one.orders for batch in self.batches for one in batch]


@pytest.fixture
def lost() -> list[int]:
    return []


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(module, "GATHERING_SECONDS", 0.01)
    monkeypatch.setattr(module, "FIRST_SECONDS", 0.01)
    monkeypatch.setattr(module, "AWAY_SECONDS", 0.02)


def test_notes_are_written_without_being_asked_for_and_in_their_order(lost):
    database = Database(expected=100)
    recorder = Recorder(database, lost.append)
    for number in range(100):
        recorder.note(call(number))
    assert database.full.wait(10)
    assert database.calls == list(range(100))
    assert len(database.batches) < 100, "one write serves many"
    assert lost == []


def test_a_flush_waits_for_nothing_that_was_noted_after_it(lost):
    """While many call there is always something: each reply to a card waited a second, with a thread of its worker."""
    over, in_time = threading.Event(), []

    def write(batch: Sequence[NotedCall]) -> None:
        if batch[0].orders:
            in_time.append(over.wait(5))
        else:
            recorder.note(call(1))

    recorder = Recorder(write, lost.append)
    recorder.note(call(0))
    recorder.flush(20)
    over.set()
    recorder.close()
    assert in_time == [True]


def test_no_thread_is_left_when_there_is_nothing_to_write(lost):
    database = Database()
    recorder = Recorder(database, lost.append)
    for _ in range(3):
        recorder.note(call())
        recorder.flush()
        if thread := recorder._thread:
            thread.join(10)
        assert recorder._thread is None
    assert len(database.calls) == 3


def test_a_flush_waits_for_what_was_noted_and_not_for_a_database_that_is_away(lost, monkeypatch):
    monkeypatch.setattr(module, "FIRST_SECONDS", 60)
    monkeypatch.setattr(module, "AWAY_SECONDS", 60)
    database = Database(away=1)
    recorder = Recorder(database, lost.append)
    recorder.flush()
    recorder.note(call(1))
    recorder.flush()
    assert database.calls == []
    recorder.note(call(2))
    recorder.close()
    assert database.calls == [1, 2]


def test_while_the_database_is_away_notes_wait(lost):
    database = Database(away=3, expected=2)
    recorder = Recorder(database, lost.append)
    recorder.note(call(1))
    recorder.note(call(2))
    assert database.full.wait(10)
    assert database.calls == [1, 2]
    assert lost == []


def test_more_than_fits_is_lost_and_counted(lost, monkeypatch):
    monkeypatch.setattr(module, "FIRST_SECONDS", 60)
    database = Database()
    recorder = Recorder(database, lost.append, most=10)
    for number in range(13):
        recorder.note(call(number))
    recorder.close()
    assert database.calls == list(range(10))
    assert sum(lost) == 3


def test_as_much_as_one_write_takes_is_not_kept_waiting(lost, monkeypatch):
    monkeypatch.setattr(module, "MOST_AT_ONCE", 3)
    monkeypatch.setattr(module, "GATHERING_SECONDS", 60)
    database = Database(expected=9)
    recorder = Recorder(database, lost.append)
    for number in range(10):
        recorder.note(call(number))
    assert database.full.wait(10)
    recorder.close()
    assert database.calls == list(range(10))


def test_who_waits_for_more_than_one_write_takes_waits_no_longer(lost, monkeypatch):
    monkeypatch.setattr(module, "MOST_AT_ONCE", 4)
    monkeypatch.setattr(module, "GATHERING_SECONDS", 60)
    database = Database()
    recorder = Recorder(database, lost.append)
    for number in range(6):
        recorder.note(call(number))
    recorder.flush(10)
    assert database.calls == list(range(6))
    recorder.close()


def test_a_database_that_is_away_is_left_alone_for_a_while_however_much_waits(lost, monkeypatch):
    monkeypatch.setattr(module, "MOST_AT_ONCE", 3)
    monkeypatch.setattr(module, "AWAY_SECONDS", 60)
    database = Database(away=2)
    recorder = Recorder(database, lost.append)
    for number in range(10):
        recorder.note(call(number))
    recorder.flush()
    assert database.away == 1
    recorder.close()


def test_what_cannot_be_written_at_the_end_is_lost_and_counted(lost):
    recorder = Recorder(Database(away=10**6), lost.append)
    recorder.note(call())
    recorder.note(call())
    recorder.close()
    recorder.note(call())
    assert sum(lost) == 3


def test_what_the_database_will_never_take_stands_in_nobodys_way(lost):
    written: list[int] = []

    def write(batch: Sequence[NotedCall]) -> None:
        if any(one.orders == 1 for one in batch):
            raise DataError("insert", None, Exception("too long"))
        written.extend(one.orders for one in batch)

    recorder = Recorder(write, lost.append)
    for number in (1, 2):
        recorder.note(call(number))
        recorder.flush()
    assert (written, lost) == ([2], [1])


def test_without_a_thread_to_be_had_notes_wait(lost, monkeypatch):
    database = Database()
    recorder = Recorder(database, lost.append)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", lambda self: (_ for _ in ()).throw(RuntimeError("no more")))
        recorder.note(call(1))
    recorder.note(call(2))
    recorder.flush()
    assert (database.calls, lost) == ([1, 2], [])


def test_a_fault_of_our_own_does_not_stop_the_notes_for_good(lost, monkeypatch):
    told = []
    monkeypatch.setattr(threading, "excepthook", lambda found: told.append(found.exc_type))
    written: list[int] = []

    def write(batch: Sequence[NotedCall]) -> None:
        if not written:
            written.append(-1)
            raise ValueError
        written.extend(one.orders for one in batch)

    recorder = Recorder(write, lost.append)
    recorder.note(call(1))
    recorder.flush()
    recorder.note(call(2))
    recorder.flush()
    assert written == [-1, 2]
    assert (told, lost) == ([ValueError], [1])


def test_the_end_of_the_process_waits_for_what_was_noted(tmp_path):
    program = (
        "import sys; from tests.cds_service.test_recorder import call, Recorder\n"
        f"recorder = Recorder(lambda batch: print(len(batch), file=open({str(tmp_path / 'written')!r}, 'a')), print)\n"
        "recorder.note(call())"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
    assert (tmp_path / "written").read_text() == "1\n"
