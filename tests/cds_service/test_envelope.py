"""The quick check of an envelope refuses what the JSON Schema refuses, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.envelope import faults_in, plainly_right
from cds_service.schemas import HOOK_REQUEST, faults
from tests.cds_service.fakes import context, hook_request

ANY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(),
    st.sampled_from(
        [
            "",
            " ",
            "\t\n",
            "\x1c",
            "\u2003",
            "order-sign",
            "https://ehr/fhir",
            "HTTP://ehr",
            "ehr/fhir",
            "https://",
            "https://ehr/fhir\n",
        ]
    ),
    st.lists(st.one_of(st.none(), st.text(), st.integers()), max_size=3),
    st.dictionaries(
        st.sampled_from(["entry", "x"]), st.one_of(st.none(), st.text(), st.lists(st.none()), st.just({})), max_size=2
    ),
)
CONTEXT_KEYS = ("patientId", "userId", "encounterId", "selections", "draftOrders", "medications", "unknown")
KEYS = ("hook", "hookInstance", "fhirServer", "fhirAuthorization", "prefetch", "unknown")


def some(keys: tuple[str, ...], right: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Mostly right: one or two keys changed to anything, or taken away."""
    changes = st.dictionaries(st.sampled_from(keys), st.one_of(ANY, st.just(...)), max_size=2)
    return changes.map(lambda changed: {k: v for k, v in {**right, **changed}.items() if v is not ...})


ENVELOPES = st.builds(
    lambda top, inner: {**top, "context": inner},
    some(KEYS, {"hook": "order-sign", "hookInstance": "1"}),
    st.one_of(some(CONTEXT_KEYS, {"patientId": "p1"}), ANY),
)


@given(ENVELOPES)
def test_nothing_is_let_pass_that_the_schema_refuses(content):
    if plainly_right(content):
        assert list(faults(HOOK_REQUEST, content)) == []


@given(ENVELOPES)
def test_nothing_is_refused_that_the_schema_lets_pass(content):
    assert bool(faults_in(content)) == bool(list(faults(HOOK_REQUEST, content)))


@pytest.mark.parametrize("content", [hook_request(), context(selections=["a"]), hook_request(prefetch={})])
def test_what_clients_send_every_day_needs_no_schema(content):
    assert plainly_right(content)


@pytest.mark.parametrize("address", ["https://ehr.example.org/fhir\n", "HTTPS://ehr.example.org/fhir\n"])
def test_an_address_ends_where_its_line_does(address):
    assert [path for path, _ in faults_in(hook_request(fhirServer=address))] == ["fhirServer"]
