"""Codes that answers, pages and stored records bear: whoever reads them goes by the letter, so that none may change."""

from __future__ import annotations

import pytest

from opioids.conversion import Basis
from opioids.pace import Tier
from opioids.prescriptions import IgnoredReason, UncountedReason
from opioids.products import Route
from opioids.recommendations import BLOCKER_RULE, RESTORED_RULE, WITHOUT_TOLERANCE_RULE, HeldBack, Topic, Urgency
from opioids.rules.sedative_overlap import WITHOUT_A_STATEMENT
from opioids.rules.slower_taper import BENZODIAZEPINE_RULE, PREGNANCY_RULE, TREATMENT_RULE
from opioids.tables import Review
from opioids.tapers.values import First, Obstacle, PlanNote, StepNote


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        (
            UncountedReason,
            (
                "dose-missing dose-unreadable frequency-missing unit-unknown strength-unknown product-unknown "
                "no-factor "
                "route-not-convertible implausible-dose resource-invalid reference-unresolved"
            ),
        ),
        (
            IgnoredReason,
            (
                "not-an-opioid not-active not-an-order do-not-perform replaced partial-agonist antagonist "
                "outside-period "
                "opioid-use-disorder-treatment entered-in-error"
            ),
        ),
        (Topic, "MmeTotal DeprescribingReview SlowerTaper NaloxoneOffer DoseEscalation SedativeOverlap DataIncomplete"),
        (Urgency, "info warning critical"),
        (Tier, "TA1 TA2 TA3 TA4 TA5 TA6 TA1-end"),
        (
            Route,
            "oral transdermal sublingual buccal transmucosal nasal rectal injection regional implant topical other",
        ),
        (Basis, "mg mcg mcg/h"),
        (First, "er ir only"),
        (
            Obstacle,
            (
                "nothing-taken uncounted no-factor treatment only-buprenorphine product-unknown form-not-told form "
                "not-daily directions target-not-below begun-below"
            ),
        ),
        (
            PlanNote,
            (
                "confirm-use methadone patches left-alone no-tablets ends-above geometric-tail supervised no-number "
                "provisional provisional-factors begun other-country not-first"
            ),
        ),
        (StepNote, "rounded no-smaller-unit longer-stay low-dose fixed-time now-immediate last from-a-patch"),
        (
            HeldBack,
            (
                "not-in-focus no-opioid excluded in-treatment not-reached no-criterion only-for-cough being-lowered "
                "not-lowered not-long-term smallest-step within-pace naloxone-at-hand nothing-missing "
                "in-hospital no-sedative no-blocker not-raised not-past-a-point overdosed not-lowered-before tolerant"
            ),
        ),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_codes_never_change(kind, codes):
    assert {one.value for one in kind} == set(codes.split())


def test_states_of_review_are_the_words_of_the_files():
    assert {one.value for one in Review} == {"verified", "secondary", "provisional", "own choice"}


def test_rules_that_are_no_tier_keep_their_names():
    named = (RESTORED_RULE, BENZODIAZEPINE_RULE, PREGNANCY_RULE, BLOCKER_RULE, WITHOUT_A_STATEMENT)
    assert named == ("TA7", "TA9", "TA10", "opioid-blocker", "sedatives")
    assert (TREATMENT_RULE, WITHOUT_TOLERANCE_RULE) == ("treatment-ends", "without-tolerance")
