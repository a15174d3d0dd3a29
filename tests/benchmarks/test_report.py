"""The arithmetic of the report, on figures that were made up: the measuring itself is not tested on time."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest

from benchmarks import load
from benchmarks.accounting import PROC, cpu_seconds, resident_megabytes
from benchmarks.engine import EngineFigures
from benchmarks.pages import PageFigures
from benchmarks.payloads import OF_ANOTHER_DRUG
from benchmarks.plan import Figures, Memory
from benchmarks.report import markdown
from benchmarks.rounds import Comparison, Round, Spread, one_round


def rounds(*cpu):
    return tuple(Round(throughput=1000 / each, cpu=each, p50=each, p99=3 * each) for each in cpu)


def comparison(payload, ours, floor):
    return Comparison(payload=payload, connections=1, ours=rounds(*ours), floor=rounds(*floor))


def engine(per_second):
    flat = Spread.of([1.0])
    return EngineFigures(orders=20, per_second=Spread.of([per_second]), engine=flat, parsing=flat)


def page(milliseconds):
    flat = Spread.of([10.0])
    return PageFigures(name="calculator", page=Spread.of([milliseconds]), answer=flat, ratio=flat)


def figures(**changes):
    plain = {
        "comparisons": (
            comparison("n20", (0.6, 0.8), (0.4, 0.4)),
            comparison("n200", (4.8, 4.8), (4.0, 3.2)),
            comparison(OF_ANOTHER_DRUG, (0.5,), (0.4,)),
        ),
        "deployed": rounds(0.6),
        "deployed_workers": 4,
        "discovery": Spread.of([0.2]),
        "starts": Spread.of([1.9]),
        "engine": (engine(20_000.0),),
        "pages": (page(99.0),),
        **held(80.0, 81.0),
    }
    return Figures(**{**plain, **changes})


def reached(report):
    rows = re.findall(r"^\| (.+?) \| .+ \| (yes|no) \|$", report, re.MULTILINE)
    return dict(rows)


def test_a_ratio_is_taken_pair_by_pair():
    compared = comparison("n20", (1.0, 4.0, 3.0), (1.0, 2.0, 2.0))
    ratio = compared.cpu_ratio()
    assert (ratio.least, ratio.middle, ratio.most) == (1.0, 1.5, 2.0)
    assert compared.throughput_ratio().least == 0.5, "who takes twice the time answers half as many"


def test_a_round_is_told_in_ms_of_the_workers_for_one_request(monkeypatch):
    used = iter([10.0, 13.0])
    seen = load.Seen(requests=1000, seconds=4.0, p50=1.0, p99=2.0)
    monkeypatch.setattr(load, "run", lambda _: seen)
    server = SimpleNamespace(port=1, cpu_seconds=lambda: next(used))
    found = one_round(server, load.Job(port=0, method="GET", path="/"))
    assert found == Round(throughput=250.0, cpu=3.0, p50=1.0, p99=2.0)


@pytest.mark.skipif(not PROC.exists(), reason="processes are counted in /proc")
def test_what_a_process_used_is_what_it_says_itself():
    """Told by two counters of the system; no time is judged."""
    own = os.times()
    assert cpu_seconds((os.getpid(),)) == pytest.approx(own.user + own.system, abs=0.2)
    pages = int((PROC / "self" / "statm").read_text().split()[1])
    assert resident_megabytes(os.getpid()) == pytest.approx(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, rel=0.01)


def test_growth_is_taken_round_by_round():
    growth = figures().growth("ours")
    assert (growth.least, growth.most) == pytest.approx((6.0, 8.0))


def test_every_goal_is_listed_with_its_answer():
    answers = reached(markdown(figures()))
    assert len(answers) == 10
    assert set(answers.values()) == {"yes"}
    grown_at_first = held(60.0, 80.0, 81.0)
    assert set(reached(markdown(figures(**grown_at_first))).values()) == {"yes"}, "flat is said of the second half"


def costs(n20, n200, other=0.4):
    found = (("n20", n20, 0.4), ("n200", n200, 4.0), (OF_ANOTHER_DRUG, other, 0.4))
    return {"comparisons": tuple(comparison(name, (ours,), (floor,)) for name, ours, floor in found)}


def held(*megabytes):
    return {"memory": tuple(Memory(requests=5 * n, megabytes=each) for n, each in enumerate(megabytes, 1))}


@pytest.mark.parametrize(
    ("goal", "changes"),
    [
        ("CPU over the floor's, n20, 1 connection", costs(0.81, 4.0)),
        ("CPU over the floor's, n200, 1 connection", costs(0.6, 6.1)),
        ("CPU over the floor's, n20, another drug, 1 connection", costs(0.6, 4.0, other=0.81)),
        (
            "CPU over the floor's, n20, 1 connection",  # one good round of three is not enough
            {
                "comparisons": (
                    comparison("n20", (0.7, 0.9, 0.9), (0.4,) * 3),
                    comparison("n200", (4.0,) * 3, (4.0,) * 3),
                    comparison(OF_ANOTHER_DRUG, (0.5,), (0.4,)),
                )
            },
        ),
        ("CPU, n200 over n20", costs(0.5, 5.6)),
        ("p99, n20, 8 connections, 4 workers", {"deployed": rounds(3.4)}),
        ("engine alone, one core", {"engine": (engine(19_999.0),)}),
        ("memory of a worker after 10 requests", held(119.0, 120.0)),
        ("memory of a worker after 10 requests", held(80.0, 82.0)),
        ("start to first answer", {"starts": Spread.of([2.0])}),
        ("discovery, CPU", {"discovery": Spread.of([0.5])}),
        ("page, calculator", {"pages": (page(100.0),)}),
    ],
)
def test_a_goal_that_is_missed_is_said(goal, changes):
    assert reached(markdown(figures(**changes)))[goal] == "no"


def test_a_percentile_is_a_wait_that_was_seen():
    assert [load._percentile([1.0, 2.0, 3.0, 4.0], percent) for percent in (1, 50, 75, 76, 99)] == [1, 2, 3, 4, 4]


@pytest.mark.parametrize(
    ("received", "whole"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Le", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", True),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nserver: x\r\n\r\n", True),
    ],
)
def test_an_answer_is_whole_when_its_length_has_arrived(received, whole):
    assert load._is_whole(bytearray(received)) is whole


def test_the_load_generator_is_a_process_that_says_why_it_failed():
    job = json.dumps({"port": 1, "method": "GET", "path": "/", "seconds": 0.1})
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        cwd=load.ROOT,
        input=job,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode != 0
    assert "ConnectionRefusedError" in done.stderr
