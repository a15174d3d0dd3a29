"""A card's link: nobody can make one or change one, it is good to the second, and nothing of a patient is in it."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service import explain_seal
from cds_service.explain_seal import opened, sealed
from cds_service.explain_tokens import HOUR, LONGEST, ExpiredToken, Named, Tokens, UnknownToken, expiry
from cds_service.pseudonyms import SiteKey
from hooks.in_particular import InParticular
from opioids.recommendations import Topic

KEY = b"k" * 32
TOKENS = Tokens(SiteKey(KEY))
NAMED = Named(topic=Topic.NALOXONE_OFFER, guideline="us-cdc-2022", table="cdc-2022", expires=1_800_000_000)
KEPT = Named(topic=Topic.MME_TOTAL, guideline="ca-2017", table="ca-2017", expires=1_800_000_000, secret="a-_9" * 6)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=~!/+% \n\0é"


@pytest.mark.parametrize("named", [NAMED, KEPT])
def test_a_token_is_read_as_it_was_written(named):
    token = TOKENS.written(named)
    assert TOKENS.read(token, named.expires - 1) == named
    assert re.fullmatch(r"[A-Za-z0-9._-]+", token), "it needs no escaping in a URL"
    assert len(token) < LONGEST


@pytest.mark.parametrize("named", [NAMED, KEPT])
def test_no_byte_of_a_token_can_be_changed_left_out_or_added(named):
    """Every place, with every letter: also the last one of the signature, of which decoding ignores two bits."""
    token = TOKENS.written(named)
    for place in range(len(token)):
        others = [token[:place] + letter + token[place + 1 :] for letter in ALPHABET if letter != token[place]]
        inserted = [token[:place] + letter + token[place:] for letter in ALPHABET]
        for other in (*others, *inserted, token[:place] + token[place + 1 :]):
            with pytest.raises(UnknownToken):
                TOKENS.read(other, 0)
    for letter in ALPHABET:
        with pytest.raises(UnknownToken):
            TOKENS.read(token + letter, 0)


@given(st.text(max_size=120))
def test_what_was_never_signed_is_unknown(text):
    with pytest.raises(UnknownToken):
        TOKENS.read(text, 0)


@given(st.text(max_size=60))
def test_a_part_of_a_token_makes_no_other_token(text):
    token = TOKENS.written(NAMED)
    said, _, signature = token.rpartition(".")
    for other in (f"{text}.{signature}", f"{said}.{text}.{signature}", f"{text}{token}"):
        if other != token:
            with pytest.raises(UnknownToken):
                TOKENS.read(other, 0)


def test_another_sites_token_is_unknown():
    with pytest.raises(UnknownToken):
        Tokens(SiteKey(b"j" * 32)).read(TOKENS.written(NAMED), 0)


def test_a_pseudonym_under_the_same_key_signs_no_token():
    """What is kept in a database is made under the same site key, for another purpose."""
    pseudonym = SiteKey(KEY).pseudonym("links to explanations", TOKENS.written(NAMED).rpartition(".")[0])
    with pytest.raises(UnknownToken):
        TOKENS.read(f"{TOKENS.written(NAMED).rpartition('.')[0]}.{pseudonym}", 0)


def test_it_is_good_until_its_second_and_has_expired_from_then_on():
    token = TOKENS.written(NAMED)
    for before in (1, 0.001):
        assert TOKENS.read(token, NAMED.expires - before) == NAMED
    for since in (0, 0.001, 10**9):
        with pytest.raises(ExpiredToken):
            TOKENS.read(token, NAMED.expires + since)


@pytest.mark.parametrize(
    ("now", "expires"),
    [(0, 24 * HOUR), (1, 25 * HOUR), (HOUR - 0.5, 25 * HOUR), (HOUR, 25 * HOUR), (HOUR + 1, 26 * HOUR)],
)
def test_links_of_one_hour_expire_together(now, expires):
    assert expiry(now, 24) == expires


@pytest.mark.parametrize(
    "said",
    [
        "Nothing.us-cdc-2022.cdc-2022.9",
        "MmeTotal.us-cdc-2022.9",
        "MmeTotal.a.b.0",
        "MmeTotal.a.b.9.x.y",
        "MmeTotal.a.b.9é",
    ],
)
def test_what_was_signed_in_another_form_is_unknown(said):
    """As a later version may, whose tokens hold something else."""
    signed = TOKENS._signer.sign(said).decode()
    with pytest.raises(UnknownToken):
        TOKENS.read(signed, 0)


def test_a_token_that_is_too_long_is_not_even_signed(monkeypatch):
    tokens = Tokens(SiteKey(KEY))
    monkeypatch.setattr(tokens._signer, "sign", lambda _: pytest.fail("signed"))
    with pytest.raises(UnknownToken):
        tokens.read("a" * (LONGEST + 1), 0)


def test_the_secret_shows_in_no_repr():
    assert KEPT.secret not in repr(KEPT)


# ---- what is kept for a link ----

EXPLAINED = InParticular(
    day=date(2026, 11, 22),
    summary="s",
    totals=(("With the order", "1", "1"),),
    complete=True,
    counted=(("oxycodone", "1 x 1", ""),),
    uncounted=(),
    left_out=(("methadone", "replaced"),),
    reasons=(),
    statements=("US-N8",),
    seen=("the age",),
    unseen=(),
    silenced=(),
    changed=(),
    taken=("oxycodone 5 MG Oral Tablet, 1 tablet by mouth in the evening",),
)


def test_what_was_sealed_is_opened_as_it_was():
    key = SiteKey(KEY)
    assert opened(sealed(EXPLAINED, "secret", key), "secret", key) == EXPLAINED
    assert sealed(EXPLAINED, "secret", key) != sealed(EXPLAINED, "secret", key)


def test_neither_the_row_nor_the_site_key_opens_it_without_the_secret(monkeypatch):
    """The name of the row, which is known to whoever has the database, is not what keeps it shut."""
    key = SiteKey(KEY)
    monkeypatch.setattr(explain_seal, "name_of", lambda *_: "one name for all")
    content = sealed(EXPLAINED, "secret", key)
    assert opened(content, "secret", key) == EXPLAINED
    assert opened(content, "secreu", key) is None
    assert opened(content, "secret", SiteKey(b"j" * 32)) is None


def test_a_row_moved_under_another_name_is_not_opened(monkeypatch):
    key = SiteKey(KEY)
    content = sealed(EXPLAINED, "secret", key)
    monkeypatch.setattr(explain_seal, "name_of", lambda *_: "another row")
    assert opened(content, "secret", key) is None


@pytest.mark.parametrize("version", [lambda one: {"day": one.day}, lambda one: {**asdict(one), "more": "of a newer"}])
def test_what_another_version_kept_is_as_good_as_nothing(monkeypatch, version):
    key = SiteKey(KEY)
    monkeypatch.setattr(explain_seal, "asdict", version)
    content = sealed(EXPLAINED, "secret", key)
    monkeypatch.undo()
    assert opened(content, "secret", key) is None
