"""A client's key set: kept for a while, fetched anew when the client changes its keys, and never too often."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Barrier, Event

import pytest

from cds_service.keys import MOST_KEYS, KeySource, NoKeys, read_keys
from tests.cds_service.signing import ec_key, encoded, jwk, key_set


@cache
def published(kids: tuple[str, ...]) -> bytes:
    return key_set(*(jwk(ec_key(), kid=kid) for kid in kids)).encode()


class Client:
    """Publishes what it is told to, and counts how often it is asked. `now` is the clock of those who ask."""

    def __init__(self, *kids: str) -> None:
        self.now = 1000.0
        self.asked = 0
        self.kids: tuple[str, ...] | None = kids
        self.source = KeySource(self._fetch, seconds=lambda: self.now)

    def _fetch(self) -> bytes:
        self.asked += 1
        if self.kids is None:
            raise NoKeys
        return published(self.kids)

    def has(self, kid: str) -> bool:
        return bool(self.source.find(kid))


def test_a_set_is_fetched_when_it_is_first_needed_and_kept_for_ten_minutes():
    client = Client("a")
    assert client.asked == 0
    for client.now in (1000, 1001, 1600):
        assert client.has("a")
    assert client.asked == 1
    client.now = 1600.1
    assert client.has("a")
    assert client.asked == 2


def test_a_key_that_is_new_is_found_at_once():
    client = Client("a")
    assert client.has("a")
    client.kids = ("a", "b")
    client.now += 10
    assert client.has("b")
    assert client.asked == 2


def test_a_key_that_was_withdrawn_serves_no_longer_than_the_set_is_fresh():
    client = Client("a", "b")
    assert client.has("a")
    client.kids = ("b",)
    client.now += 601
    assert not client.has("a")


def test_one_unknown_key_is_asked_for_once_a_minute():
    client = Client("a")
    assert client.has("a")
    for client.now in (1010, 1011, 1040, 1069):
        assert not client.has("x")
    assert client.asked == 2
    client.now = 1070
    assert not client.has("x")
    assert client.asked == 3


def test_many_unknown_keys_are_asked_for_every_ten_seconds_at_most():
    client = Client("a")
    assert client.has("a")
    for second in range(1, 31):
        client.now = 1000 + second
        assert not client.has(f"x{second}")
    assert client.asked == 1 + 3


def test_a_stranger_who_makes_up_keys_delays_a_new_one_by_ten_seconds_only():
    client = Client("a")
    assert client.has("a")
    client.now = 1010
    assert not client.has("made up")
    client.kids = ("a", "b")
    assert not client.has("b")
    client.now = 1020
    assert client.has("b")


def test_while_no_newer_set_can_be_had_the_old_one_serves_for_an_hour():
    client = Client("a")
    assert client.has("a")
    client.kids = None
    client.now = 1000 + 3600
    assert client.has("a")
    client.now = 1000 + 3600.1
    with pytest.raises(NoKeys):
        client.has("a")
    client.kids = ("a",)
    client.now += 10
    assert client.has("a")


def test_a_set_that_cannot_be_had_is_asked_for_every_ten_seconds():
    client = Client()
    client.kids = None
    for second in range(30):
        client.now = 1000 + second
        with pytest.raises(NoKeys):
            client.has("a")
    assert client.asked == 3


def test_made_up_keys_do_not_fill_the_memory():
    client = Client("a")
    for number in range(1100):
        client.now += 10
        client.has(f"x{number}")
    assert len(client.source._tried) <= 1000


def test_of_many_who_need_the_first_set_one_fetches_and_the_others_have_it_too():
    client, start = Client("a"), Barrier(16)

    def ask(_: int) -> bool:
        start.wait()
        return client.has("a")

    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(ask, range(16)))
    assert client.asked == 1


def test_nobody_waits_for_a_newer_set_who_has_a_key_to_go_on_with():
    begun, go_on = Event(), Event()
    answers = iter([key_set(jwk(ec_key(), kid="a")).encode()] * 2)
    now = [1000.0]

    def fetch() -> bytes:
        answer = next(answers)
        if now[0] > 1000:
            begun.set()
            assert go_on.wait(5)
        return answer

    source = KeySource(fetch, seconds=lambda: now[0])
    assert source.find("a")
    now[0] = 1700.0
    with ThreadPoolExecutor(1) as threads:
        renewing = threads.submit(source.find, "a")
        assert begun.wait(5)
        assert source.find("a")
        assert not renewing.done()
        go_on.set()
        assert renewing.result()


def test_of_a_long_set_the_first_keys_are_read():
    kids = [f"k{number}" for number in range(MOST_KEYS + 1)]
    client = Client(*kids)
    assert client.has(kids[-2])
    assert not client.has(kids[-1])


@pytest.mark.parametrize(("bits", "read"), [(2040, False), (2048, True), (8192, True), (8200, False)])
def test_keys_that_are_weak_or_take_long_to_check_with_are_passed_over(bits, read):
    modulus = encoded((2 ** (bits - 1) + 1).to_bytes(bits // 8, "big"))
    found = read_keys(key_set({"kty": "RSA", "kid": "a", "n": modulus, "e": "AQAB"}).encode())
    assert ("a" in found) is read
