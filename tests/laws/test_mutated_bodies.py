"""No body that was spoilt on its way is answered by a fault of ours (more of them: `python -m tests.mutated`)."""

from __future__ import annotations

from itertools import islice

from tests import conversations
from tests.mutated import check, mutated, originals


def test_no_mutated_body_is_answered_by_a_fault_of_ours(knowledge):
    caller = conversations.client(knowledge)
    answers = {check(caller, sent) for sent in islice(mutated(originals(), seed=2026), 500)}
    assert {200, 400, 412, 422} <= answers
