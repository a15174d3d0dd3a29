"""A hospital's own list of NDCs: read whole, or refused with the line at fault."""

from __future__ import annotations

import pytest

from opioids.ndc import read_ndc_list
from opioids.tables import KnowledgeError


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ndc,rxcui\n00406-0552-01,1049621\n", {"00406055201": "1049621"}),
        ("\N{ZERO WIDTH NO-BREAK SPACE}NDC , Drug, RxCUI\n0406-0552-01,oxy, 1049621\n", {"00406055201": "1049621"}),
        ("ndc,rxcui\r\n00406055201,1049621\r\n,1\r\n00406055202,\r\n", {"00406055201": "1049621"}),
        ("ndc,rxcui\n00406055201,1049621\n0406-0552-01,1049621\n", {"00406055201": "1049621"}),
        ("ndc,rxcui\n\n00406055201\n", {}),
        ("ndc,rxcui\n", {}),
        (",ndc,rxcui,\nx,00406055201,1049621,y\n", {"00406055201": "1049621"}),
    ],
)
def test_list_is_read(text, found):
    assert read_ndc_list(text, "n.csv") == found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: expected the columns ndc and rxcui, found no ndc and no rxcui"),
        ("ndc,code\n", "line 1: expected the columns ndc and rxcui, found no rxcui"),
        ("ndc,rxcui\nabc,1\n", "line 2: expected an NDC of eleven digits, or of ten with hyphens"),
        ("ndc,rxcui\n0406055201,1\n", "line 2: expected an NDC of eleven digits, or of ten with hyphens"),
        ("ndc,rxcui\n00406-0552,1\n", "line 2: expected an NDC of eleven digits, or of ten with hyphens"),
        ("ndc,rxcui\n00406055201,x\n", "line 2: expected an RxCUI, a number"),
        ("ndc,rxcui\n00406055201,1\n00406-0552-01,2\n", "line 3: this NDC stands above with another RxCUI"),
    ],
)
def test_list_with_a_fault_says_in_which_line(text, message):
    with pytest.raises(KnowledgeError, match=f"^n.csv: {message}$"):
        read_ndc_list(text, "n.csv")
