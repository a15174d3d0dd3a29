from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from cds_service.circuit import Circuits


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def opened(clock: Clock) -> Circuits:
    circuits = Circuits(failures=3, rest_seconds=10, seconds=clock)
    for _ in range(3):
        circuits.failed("a")
    return circuits


def test_a_circuit_opens_at_its_number_of_failures_in_a_row_and_not_before():
    circuits = Circuits(failures=3)
    circuits.failed("a")
    circuits.failed("a")
    assert circuits.admits("a")
    circuits.failed("a")
    assert not circuits.admits("a")
    assert circuits.is_open("a")


def test_an_answer_in_between_starts_the_count_anew():
    circuits = Circuits(failures=3)
    for _ in range(5):
        circuits.failed("a")
        circuits.failed("a")
        circuits.succeeded("a")
    assert circuits.admits("a")


def test_each_host_has_its_own():
    circuits = opened(Clock())
    assert circuits.admits("b")
    circuits.succeeded("b")
    assert not circuits.admits("a")


def test_after_its_rest_one_caller_tries_and_the_others_wait_for_what_comes_of_it():
    clock = Clock()
    circuits = opened(clock)
    clock.now = 9.9
    assert not circuits.admits("a")
    clock.now = 10.0
    assert circuits.admits("a")
    assert not circuits.admits("a")
    assert circuits.is_open("a")


def test_a_trial_that_succeeds_closes_it_and_one_that_fails_lets_it_rest_again():
    clock = Clock()
    circuits = opened(clock)
    clock.now = 10.0
    assert circuits.admits("a")
    circuits.failed("a")
    clock.now = 19.9
    assert not circuits.admits("a")
    clock.now = 20.0
    assert circuits.admits("a")
    circuits.succeeded("a")
    assert circuits.admits("a")
    circuits.failed("a")
    assert circuits.admits("a"), "the count starts anew"


def test_a_trial_that_never_tells_how_it_went_does_not_keep_it_open_for_ever():
    clock = Clock()
    circuits = opened(clock)
    clock.now = 10.0
    assert circuits.admits("a")
    clock.now = 20.0
    assert circuits.admits("a")


def test_of_many_threads_at_once_exactly_one_tries():
    clock = Clock()
    circuits = opened(clock)
    clock.now = 10.0
    start = Barrier(32)

    def ask(_: int) -> bool:
        start.wait()
        return circuits.admits("a")

    with ThreadPoolExecutor(32) as threads:
        assert sum(threads.map(ask, range(32))) == 1
