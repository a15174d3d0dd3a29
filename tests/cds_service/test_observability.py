"""Logs, limits and metrics: allow-listed facts in one line a call, each client by itself, workers added up."""

from __future__ import annotations

import errno
import io
import logging
import os
import subprocess
import sys
import threading

import orjson
import pytest

from cds_service import rate_limit
from cds_service.log_lines import LOGGER, JsonLines, configure_logging, log, safe_instance
from cds_service.rate_limit import RateLimit
from tests.cds_service.fakes import CANARY, SIGN, hook_request
from tests.hooks.orders import bundle, order

MEGABYTE = 2**20


def lines(caplog) -> list[dict]:
    return [orjson.loads(JsonLines().format(record)) for record in caplog.records]


def test_an_answer_is_logged_in_one_line_with_its_facts(client, caplog):
    caplog.set_level(logging.INFO)
    client.post(SIGN, json=hook_request())
    (line,) = lines(caplog)
    assert line.pop("ms") >= 0
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info",
        "event": "answered",
        "route": "/cds-services/<service_id>",
        "method": "POST",
        "service": "opioid-order-sign",
        "status": 200,
        "topics": ["MmeTotal"],
        "hook_instance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    }


def test_the_calculators_answer_is_logged_with_how_many_orders_it_counted(client, caplog):
    caplog.set_level(logging.INFO)
    named = {"a": ("oxycodone ER 40", 2), "b": ("oxycodone 5", None), "c": ("lisinopril", 1)}
    orders = (order(id_, name, a_day, authoredOn=...) for id_, (name, a_day) in named.items())
    assert client.post("/mme", json=bundle(*orders)).status_code == 200
    (line,) = lines(caplog)
    assert (line["counted"], line["uncounted"], line["ignored"]) == (1, 1, 1)


def test_only_keys_of_the_allow_list_are_written(caplog):
    caplog.set_level(logging.INFO)
    log("answered", status=200, patient=CANARY, body=CANARY)
    (line,) = lines(caplog)
    assert set(line) == {"time", "level", "event", "status"}


def test_of_other_libraries_only_the_origin_is_kept(caplog):
    try:
        {}[CANARY]
    except KeyError:
        logging.getLogger("somewhere").warning("about %s", CANARY, exc_info=True)
    (line,) = lines(caplog)
    assert (line["logger"], line["failure"]) == ("somewhere", "KeyError")
    assert CANARY not in str(line)


@pytest.mark.parametrize(
    ("logger", "kept"), [("_granian", True), ("_granian.serve", True), ("_granian.callbacks", False)]
)
def test_what_the_server_says_of_itself_is_kept_and_of_requests_only_the_origin(caplog, logger, kept):
    caplog.set_level(logging.INFO)
    logging.getLogger(logger).info("Started %s", "worker-1")
    try:
        {}[CANARY]
    except KeyError:
        logging.getLogger(logger).exception("about %s", CANARY)
    first, second = lines(caplog)
    assert first["event"] == ("Started worker-1" if kept else "library message")
    assert CANARY not in str(second)


@pytest.fixture
def untouched_logging(monkeypatch):
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr(logging, "raiseExceptions", logging.raiseExceptions)
    root = logging.getLogger()
    handlers, level, own = root.handlers[:], root.level, logging.getLogger(LOGGER).level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger(LOGGER).setLevel(own)


def test_the_log_goes_to_standard_error_as_json_lines(untouched_logging, capsys):
    configure_logging()
    log("answered", status=200)
    logging.getLogger("library").info("chatter")
    (line,) = capsys.readouterr().err.splitlines()
    assert orjson.loads(line)["status"] == 200


def test_what_nobody_caught_is_logged_without_its_words(untouched_logging, capsys):
    configure_logging()

    class Odd:
        def __del__(self) -> None:
            raise LookupError(CANARY)

    def fail() -> None:
        raise ValueError(CANARY)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    Odd()
    said = capsys.readouterr().err
    first, second = map(orjson.loads, said.splitlines())
    assert (first["event"], first["failure"]) == ("thread ended", "builtins.ValueError")
    assert first["place"].endswith("fail:" + str(fail.__code__.co_firstlineno + 1))
    assert (second["event"], second["failure"]) == ("failure ignored", "builtins.LookupError")
    assert CANARY not in said


def test_a_line_that_cannot_be_written_tells_nothing_of_what_went_wrong_before(untouched_logging, capsys, monkeypatch):
    class Full(io.StringIO):
        def write(self, _: str) -> int:
            raise OSError(errno.ENOSPC, "no space left")

    configure_logging()
    monkeypatch.setattr(logging.getLogger().handlers[0], "stream", Full())
    try:
        int(CANARY)
    except ValueError:
        log("snooze not known")
    assert capsys.readouterr().err == ""


def test_a_log_that_nobody_reads_keeps_no_answer_back(untouched_logging, monkeypatch):
    """It is told later how many lines were lost: here as many as were not read before the last one."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)  # a test that fails should not stand still itself
    with os.fdopen(reader, "rb", 0) as read, os.fdopen(writer, "w") as full:
        monkeypatch.setattr(sys, "stderr", full)
        configure_logging()
        for _ in range(2000):
            log("answered", status=200)
        before = read.read(MEGABYTE).splitlines()
        log("answered", status=404)
        lost, last = map(orjson.loads, read.read(MEGABYTE).splitlines())
    assert {orjson.loads(line)["status"] for line in before} == {200}
    assert (lost["level"], lost["event"]) == ("warning", f"{2000 - len(before)} lines lost: nobody took them")
    assert last["status"] == 404


@pytest.mark.parametrize(
    ("written", "logged"),
    [
        ("d1577c69-dfbe-44ad-ba6d-3e05e953b2ea", "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"),
        ("3F1DDE72-162B-11EC-9F55-0242AC120002", "3F1DDE72-162B-11EC-9F55-0242AC120002"),
        ("Jane Doe", None),
        ("d1577c69-dfbe-44ad-ba6d-3e05e953b2ea\n", None),
    ],
)
def test_a_hook_instance_is_logged_only_when_it_is_a_uuid(written, logged):
    assert safe_instance(written) == logged


# ---- how often a client may call ----


def test_a_client_may_burst_for_a_second_and_then_waits():
    now = [0.0]
    limit = RateLimit(2, seconds=lambda: now[0])
    assert [limit.admits("a") for _ in range(3)] == [True, True, False]
    now[0] = 0.5
    assert [limit.admits("a") for _ in range(2)] == [True, False]


def test_one_client_does_not_slow_down_another():
    limit = RateLimit(1, seconds=lambda: 0.0)
    assert [limit.admits("a"), limit.admits("a"), limit.admits("b")] == [True, False, True]


def test_waiting_long_saves_up_no_more_than_a_second():
    now = [0.0]
    limit = RateLimit(2, seconds=lambda: now[0])
    limit.admits("a")
    now[0] = 1_000_000.0
    assert [limit.admits("a") for _ in range(3)] == [True, True, False]


def test_of_too_many_clients_the_one_that_called_longest_ago_is_forgotten(monkeypatch):
    monkeypatch.setattr(rate_limit, "CLIENTS_REMEMBERED", 2)
    limit = RateLimit(1, seconds=lambda: 0.0)
    assert [limit.admits(client) for client in ("a", "b", "c", "c", "b", "a")] == [True, True, True, False, False, True]


def test_no_limit_is_no_limit():
    limit = RateLimit(0)
    assert all(limit.admits("a") for _ in range(1000))


def test_workers_of_one_server_add_up_their_counters(tmp_path):
    program = (
        "import sys; from pathlib import Path; from cds_service.observability import Metrics\n"
        f"metrics = Metrics(Path({str(tmp_path)!r})); metrics.answered('/mme', 200)\n"
        "sys.stdout.write(metrics.exposition().decode())"
    )
    environ = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    outputs = [
        subprocess.run([sys.executable, "-c", program], env=environ, check=True, capture_output=True, text=True).stdout
        for _ in range(2)
    ]
    assert 'opioid_cds_requests_total{route="/mme",status="200"} 2.0' in outputs[1]


def test_shared_counters_have_their_room_on_the_disk_from_the_start(tmp_path):
    """Where a hole is filled through memory on a full disk, the process is ended."""
    program = (
        f"from pathlib import Path; from cds_service.observability import Metrics; Metrics(Path({str(tmp_path)!r}))"
    )
    environ = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", program], env=environ, check=True)
    found = [file.stat() for file in tmp_path.iterdir()]
    assert [file.st_blocks * 512 >= file.st_size > 0 for file in found] == [True, True]
