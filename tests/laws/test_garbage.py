"""Nothing that a client sends makes the calculator fail, and a bad order spoils only itself."""

from __future__ import annotations

import random
from collections import Counter
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_mappings.elements import UnsuitableBody
from tests.bundles import bundle
from tests.hooks.orders import RXNORM, order
from tests.laws.totals import fates, total_of
from tests.releases import RELEASES, NotInThisRelease, written_in
from tests.strategies import orders

NAMES = [
    "resourceType", "id", "status", "intent", "coding", "system", "code", "display", "text", "reference", "value",
    "unit", "low", "high", "numerator", "denominator", "repeat", "frequency", "period", "periodUnit", "timing", "event",
    "start", "end", "concept", "medication", "contained", "entry", "resource", "doseQuantity", "type", "count",
    "ingredient",
]  # fmt: skip

SCALARS = [
    None, True, False, 0, -1, 1, 0.1, -0.0, 1e308, 5e-324, 10**30, -(10**30), "", " ", "mg", "{tbl}", "ug/h", "active",
    "draft", "oxycodone", "1049621", "Medication/x", "#", "#x", "/", "2026-13-45", "9999-12-31", "0001-01-01",
    "2026-01", "1e400", "-0", "NaN", "Infinity", "\x00", "٣", "½", "a" * 2000, "9" * 400, "take 1 tablet twice a day",
    "MedicationRequest", "Bundle",
]  # fmt: skip


def garbage(seed: int) -> object:
    """Any JSON value, small or nested, with names that FHIR knows and names that it does not."""
    choose = random.Random(seed)

    def value(depth: int) -> object:
        shape = choose.random()
        if depth == 0 or shape < 0.4:
            return choose.choice(SCALARS)
        inner = [value(depth - 1) for _ in range(choose.randrange(4))]
        if shape < 0.6:
            return inner
        return {choose.choice([*NAMES, "\ufffd"]): one for one in inner}

    return value(3)


POOL = [*SCALARS, [], {}, [[]], [{}], {"": {}}, *(garbage(seed) for seed in range(400))]
GARBAGE = st.sampled_from(POOL)


TAPENTADOL = {"coding": [{"system": RXNORM, "code": "1148800"}]}
BESIDE = order("beside", "", subject=..., authoredOn=..., medicationCodeableConcept=TAPENTADOL)
ORDERS = ("MedicationRequest", "MedicationOrder", "MedicationStatement")

WORTH = [("counted", "", 120, 120)]


def places(node, above=()):
    """Every place of a JSON value, the whole included."""
    yield above
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, value in items:
        yield from places(value, (*above, name))


def replaced(order, place, value):
    if not place:
        return value
    copy = deepcopy(order)
    node = copy
    for step in place[:-1]:
        node = node[step]
    node[place[-1]] = value
    return copy


@settings(max_examples=500)
@given(order=orders(key="spoilt"), value=GARBAGE, where=st.integers(0, 10**6), release=st.sampled_from(RELEASES))
def test_garbage_in_any_place_of_an_order_spoils_only_that_order(order, value, where, release):
    try:
        written = written_in(release, order)
    except NotInThisRelease:
        written = order
    found = list(places(written))
    spoilt = replaced(written, found[where % len(found)], value)
    beside = fates(total_of(bundle([spoilt, BESIDE])))
    assert beside["MedicationRequest/beside"] == WORTH


@settings(max_examples=300)
@given(st.lists(GARBAGE.filter(lambda one: not (isinstance(one, dict) and "entry" in one)), max_size=4))
def test_each_entry_of_any_bundle_has_one_fate_unless_it_is_another_resource(entries):
    total = total_of(bundle(entries))
    references = {line.reference for line in total.counted}
    fates_ = Counter([*references, *(one.reference for one in (*total.uncounted, *total.ignored))])
    others = [
        one
        for one in entries
        if isinstance(one, dict) and isinstance(one.get("resourceType"), str) and one["resourceType"] not in ORDERS
    ]
    assert sum(fates_.values()) == len(entries) - len(others)


@settings(max_examples=300)
@given(GARBAGE)
def test_any_body_is_answered_or_refused_with_the_path_of_the_fault(body):
    kind = body.get("resourceType") if isinstance(body, dict) else None
    readable = kind in ORDERS if isinstance(kind, str) else False
    if kind == "Bundle" and isinstance(body.get("entry", []), list):
        readable = True
    if readable:
        assert total_of(body).maximum >= 0
        return
    with pytest.raises(UnsuitableBody) as refused:
        total_of(body)
    assert refused.value.path in ("resourceType", "entry")
    assert refused.value.reason


@pytest.mark.parametrize("body", [None, [], "Bundle", 3, {}, {"resourceType": "Patient"}, {"resourceType": ["Bundle"]}])
def test_what_is_neither_order_nor_bundle_is_refused(body):
    with pytest.raises(UnsuitableBody) as refused:
        total_of(body)
    assert refused.value.path == "resourceType"


def test_bundle_whose_entries_are_no_list_is_refused():
    with pytest.raises(UnsuitableBody) as refused:
        total_of({"resourceType": "Bundle", "entry": "x"})
    assert refused.value.path == "entry"


def test_deeply_nested_garbage_is_read_like_any_other():
    deep: list = []
    for _ in range(500):
        deep = [deep]
    spoilt = {**BESIDE, "id": "spoilt", "dosageInstruction": deep, "extension": deep}
    assert fates(total_of(bundle([spoilt, BESIDE])))["MedicationRequest/beside"] == WORTH
