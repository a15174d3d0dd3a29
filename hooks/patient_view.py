"""patient-view: the chart is opened. The active list speaks for itself; without it there is nothing to say."""

from __future__ import annotations

from hooks.drafts import Asked, make_asked
from hooks.list_states import State
from hooks.prefetch import Prefetched
from hooks.protocol import HookRequest, PreconditionFailed

HOOK = "patient-view"
TITLE = "Opioid safety in the chart"
DESCRIPTION = "Daily MME of the active list; naloxone; benefits against harms"


def asked_of(request: HookRequest, prefetched: Prefetched) -> Asked:
    """The whole chart.

    Raises:
        PreconditionFailed: no medication source was sent, or it failed.
    """
    del request  # the chart is all in the prefetch
    if prefetched.medications_state is State.NOT_SENT:
        raise PreconditionFailed("prefetch.medications", "the medication list is needed and was not sent")
    if prefetched.medications_state is State.FAILED:
        raise PreconditionFailed("prefetch.medications", "the medication list is needed and could not be read")
    return make_asked(drafts=None, whole_chart=True)
