"""A silent host is left alone after so many requests, then tried by one of them; nobody waits for it in vain."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from cds_service.circuit import Circuits, Visit
from tests.cds_service.fakes import Seconds


def circuits(clock: Seconds | None = None) -> Circuits:
    return Circuits(failures=3, rest_seconds=10, seconds=clock or Seconds())


def entered(found: Circuits, host: str = "a") -> Visit:
    visit = found.enter(host)
    assert visit is not None
    return visit


def fail(found: Circuits, times: int, host: str = "a") -> None:
    for _ in range(times):
        visit = entered(found, host)
        found.asked(host)
        found.leave(visit)


@pytest.fixture
def opened() -> tuple[Circuits, Seconds]:
    """A circuit that opened at moment 0, and its clock."""
    clock = Seconds()
    found = circuits(clock)
    fail(found, 3)
    return found, clock


def test_a_circuit_opens_at_its_number_of_failures_in_a_row_and_not_before():
    found = circuits()
    fail(found, 2)
    assert not found.is_open("a")
    fail(found, 1)
    assert found.is_open("a")
    assert found.enter("a") is None


def test_an_answer_in_between_starts_the_count_anew():
    clock = Seconds()
    found = circuits(clock)
    for _ in range(5):
        clock.now += 1
        fail(found, 2)
        visit = entered(found)
        found.answered("a")
        found.leave(visit)
    assert found.enter("a")


def test_earlier_failures_count_with_those_who_wait():
    found = circuits()
    one, _ = entered(found), entered(found)
    assert not found.gives_up(one)
    fail(found, 1)
    assert found.gives_up(one)
    assert found.is_open("a")


def test_a_visit_during_which_another_was_answered_has_not_failed():
    clock = Seconds()
    found = circuits(clock)
    for _ in range(5):
        late, served = entered(found), entered(found)
        clock.now += 1
        found.answered("a")
        found.leave(served)
        found.leave(late)
    assert found.enter("a")


def test_a_visit_in_which_the_host_was_not_asked_tells_nothing_of_it():
    found = circuits()
    for _ in range(5):
        found.leave(entered(found))
    assert found.enter("a")


def test_each_host_has_its_own():
    found = circuits()
    fail(found, 3, "a")
    assert found.enter("a") is None
    assert found.enter("b")


def test_after_its_rest_one_caller_tries_and_the_others_wait_for_what_comes_of_it(opened):
    found, clock = opened
    clock.now = 9.9
    assert found.enter("a") is None
    clock.now = 10.0
    assert found.enter("a")
    assert found.enter("a") is None


def test_the_first_answer_to_a_trial_closes_it(opened):
    found, clock = opened
    clock.now = 10.0
    trial = entered(found)
    found.answered("a")
    assert found.enter("a")
    found.leave(trial)
    clock.now = 11.0
    fail(found, 2)
    assert found.enter("a"), "the count starts anew"


def test_a_trial_that_fails_lets_it_rest_again(opened):
    found, clock = opened
    clock.now = 10.0
    trial = entered(found)
    found.asked("a")
    clock.now = 12.0
    found.leave(trial)
    clock.now = 21.9
    assert found.enter("a") is None
    clock.now = 22.0
    assert found.enter("a")


def test_a_trial_that_never_ends_does_not_keep_it_open_for_ever(opened):
    found, clock = opened
    clock.now = 10.0
    entered(found)
    clock.now = 20.0
    assert found.enter("a")


def test_those_who_wait_give_up_when_they_are_enough_and_nobody_else_begins_to_wait():
    found = circuits()
    visits = [entered(found) for _ in range(2)]
    assert not any(map(found.gives_up, visits)), "two are not enough"
    visits.append(entered(found))
    assert found.gives_up(visits[0])
    assert found.enter("a") is None
    assert all(map(found.gives_up, visits))


@pytest.mark.parametrize(("waiting", "expected"), [(15, False), (16, True)])
def test_a_crowd_gives_up_earlier_than_a_few(waiting, expected):
    found = circuits()
    visits = [entered(found) for _ in range(waiting)]
    assert found.gives_up(visits[0], 16) is expected
    assert (found.enter("a") is None) is expected
    assert found.gives_up(visits[1], 2), "whatever the first look said"


def test_once_some_have_given_up_everybody_does():
    found = circuits()
    visits = [entered(found) for _ in range(16)]
    assert found.gives_up(visits[0], 16)
    for visit in visits[1:]:
        found.leave(visit)
    assert found.gives_up(visits[0], 16)


def test_nobody_gives_up_while_the_host_answers_others():
    clock = Seconds()
    found = circuits(clock)
    visits = [entered(found) for _ in range(5)]
    clock.now = 1.0
    found.answered("a")
    assert not any(map(found.gives_up, visits))


def test_one_alone_waits_for_its_whole_time_whatever_went_before():
    found = circuits()
    fail(found, 2)
    assert not found.gives_up(entered(found))


def test_the_trial_after_a_rest_waits_for_its_whole_time(opened):
    found, clock = opened
    clock.now = 10.0
    assert not found.gives_up(entered(found))


def test_of_many_threads_at_once_exactly_one_tries(opened):
    found, clock = opened
    clock.now = 10.0
    start = Barrier(32)

    def ask(_: int) -> bool:
        start.wait()
        return found.enter("a") is not None

    with ThreadPoolExecutor(32) as threads:
        assert sum(threads.map(ask, range(32))) == 1


def test_no_visit_is_lost_or_counted_twice_by_threads():
    found = Circuits(failures=1_000, seconds=Seconds())

    def visit(_: int) -> None:
        fail(found, 1)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(visit, range(999)))
    assert not found.is_open("a")
    fail(found, 1)
    assert found.is_open("a")
