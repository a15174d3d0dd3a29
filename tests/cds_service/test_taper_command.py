"""`opioid-cds taper`: options, outputs, errors and exit codes."""

from __future__ import annotations

import json
import re

import orjson
import pytest
from click.testing import CliRunner
from fhir.resources.R4B.bundle import Bundle

from cds_service import cli
from tests.hooks.orders import bundle
from tests.spec.notation import order_of

ER = order_of("er", "rx:1049584", "1 {tbl} 2/d", {"written": "2024-07-31"})[0]
IR = order_of("ir", "rx:1049621", "1 {tbl} 3/d prn", {"written": "2024-07-31"})[0]
BUNDLE = bundle(ER, IR)
AS_OF = ("--as-of", "2026-01-31")


@pytest.fixture
def taper(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments, content=BUNDLE, stdin=None):
        if content is not None:
            (tmp_path / "orders.json").write_bytes(content if isinstance(content, bytes) else orjson.dumps(content))
        return CliRunner().invoke(cli.main, ["taper", *arguments], input=stdin)

    return run


def data(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_both_orders_are_shown_as_tables(taper):
    result = taper("orders.json", *AS_OF)
    assert result.exit_code == 0, result.output
    assert "extended-release forms first: from 142.5 MME/day, table cdc-2022" in result.output
    assert "immediate-release forms first" in result.output
    lines = [line.split()[:5] for line in result.output.splitlines()]
    assert ["1", "4", "2026-02-28", "127.5", "10.5%"] in lines
    assert ["11", "44", "2026-12-05", "0", "5.3%"] in lines
    for words in ("Offer naloxone", "Pause when", "Stop at once only", "Against withdrawal"):
        assert words in result.output


def test_table_says_of_which_dose_each_step_takes_a_part(taper):
    arguments = ("orders.json", "--first", "er", "--start", "2026-02-02", *AS_OF)
    lines = taper(*arguments).stdout.splitlines()
    assert "- less: percent of the dose at the start of the taper." in lines
    [plan] = data(taper(*arguments, "--json"))["plans"]
    told = [line.split()[4] for line in lines if re.match(r" +[1-9]\d* +\d", line)]
    assert told == [f"{step['cutPercentOfStart']:.1f}".removesuffix(".0") + "%" for step in plan["steps"][1:]]


@pytest.mark.parametrize(("guideline", "said"), [("ca-2017", True), ("de-lonts-2020", True), ("au-2022", False)])
def test_doses_by_provisional_factors_are_said_to_be(guideline, said, taper):
    made = data(taper("orders.json", *AS_OF, "--guideline", guideline, "--json"))
    assert ["provisional-factors" in plan["notes"] for plan in made["plans"]] == [said, said]
    for shown in (taper("orders.json", *AS_OF, "--guideline", guideline, *more).output for more in ((), ("--fhir",))):
        assert (f"Provisional: the factors of {made['plans'][0]['table']} have not" in " ".join(shown.split())) is said
    alone = data(taper("--current", "60", *AS_OF, "--guideline", guideline, "--json", content=None))
    assert "provisional-factors" not in alone["plans"][0]["notes"]


def test_a_plan_is_not_said_to_begin_with_a_patch_that_has_no_step_small_enough(taper):
    patch = order_of("p", "rx:245135", "1 {patch} q72h", {"written": "2024-07-31"})[0]
    made = data(taper("orders.json", *AS_OF, "--json", content=bundle(patch, IR)))
    said = [(plan["firstWords"], "not-first" in plan["notes"]) for plan in made["plans"]]
    assert said == [
        ("extended-release forms first, as soon as a step is small enough", True),
        ("immediate-release forms first", False),
    ]


PATCHES = [
    order_of(id_, f"rx:{code}", "1 {patch} " + often, {})[0]
    for id_, code, often in (("a", 577057, "q48h"), ("b", 1603501, "q72h"))
]


def test_patches_are_told_with_when_each_is_changed_and_how_many_last_for_the_step(taper):
    german = ("--guideline", "de-lonts-2020")  # one of the two is not sold there, and so has a way of its own
    made = data(taper("orders.json", *AS_OF, "--json", *german, content=bundle(*PATCHES)))
    (now, *_) = made["plans"][0]["steps"]
    assert now["taken"] == "fentanyl patch 12 mcg/h worn, changed every 2 days; fentanyl patch 87.5 mcg/h worn"
    assert [(one["quantity"], one["unit"]) for one in now["supply"]] == [(14, "patch"), (10, "patch")]
    assert [(one["when"], one["changedEveryHours"]) for one in now["doses"]] == [("worn", 48), ("worn", 72)]


ROUND = order_of("r", "rx:1049621", "2 {tbl} 4/d", {})[0]


def test_who_is_told_to_stay_longer_is_told_so_once(taper):
    made = data(taper("-", *AS_OF, "--json", "--profile", "us-short", content=None, stdin=orjson.dumps(ROUND)))
    low = [one for one in made["plans"][0]["steps"] if {"low-dose", "longer-stay"} <= set(one["notes"])]
    assert {one["notesWords"].count("stay longer") for one in low} == {1}


DRAFT = {**IR, "status": "draft"}


@pytest.mark.parametrize("written", [DRAFT, {**DRAFT, "dosageInstruction": []}], ids=["with a dose", "without one"])
def test_an_order_that_is_only_being_written_is_no_part_of_the_plan_and_is_named(taper, written):
    orders = bundle(ER, written)
    said = "Not in the plan, because it is only being written: oxycodone hydrochloride 5 MG Oral Tablet."
    table = taper("orders.json", *AS_OF, content=orders).output
    assert "from 120 MME/day" in table
    assert said in " ".join(table.split())
    assert data(taper("orders.json", "--json", *AS_OF, content=orders))["notTakenYet"] == [
        "oxycodone hydrochloride 5 MG Oral Tablet"
    ]
    (plan, *_) = data(taper("orders.json", "--fhir", *AS_OF, content=orders))["entry"]
    assert said in [note["text"] for note in plan["resource"]["note"]]


@pytest.mark.parametrize("orders", [BUNDLE, DRAFT], ids=["what is taken", "what is written"])
def test_where_all_that_is_sent_is_planned_nothing_is_left_out(taper, orders):
    assert "Not in the plan" not in taper("orders.json", *AS_OF, content=orders).output
    assert data(taper("orders.json", "--json", *AS_OF, content=orders))["notTakenYet"] == []


def test_table_fits_a_narrow_terminal(taper, monkeypatch):
    monkeypatch.setenv("COLUMNS", "64")
    assert max(map(len, taper("orders.json", *AS_OF).output.splitlines())) <= 64


def test_standard_input_and_a_single_order_are_read(taper):
    found = data(taper("-", "--json", *AS_OF, content=None, stdin=orjson.dumps(ER)))
    assert [plan["first"] for plan in found["plans"]] == ["only"]
    assert found["plans"][0]["baselineMmePerDay"] == 120.0


def test_json_tells_every_step_to_the_tablet(taper):
    found = data(taper("orders.json", "--first", "er", "--json", "--start", "2026-02-02", *AS_OF))
    [plan] = found["plans"]
    assert plan["profile"]["id"] == "us-long"
    assert plan["pace"]["percent"] == 10
    first = plan["steps"][1]
    assert first["start"] == "2026-03-02"
    assert (first["end"], first["days"]) == ("2026-03-29", 28)
    assert first["mmePerDay"] == 127.5
    assert {dose["changedEveryHours"] for dose in first["doses"]} == {None}
    assert {(dose["rxcui"], dose["units"], dose["when"]) for dose in first["doses"]} == {
        ("1049574", 1, "in the morning"), ("1049584", 1, "in the evening"), ("1049621", 1, "as needed"),
    }  # fmt: skip
    assert [(one["rxcui"], one["quantity"]) for one in first["supply"]] == [
        ("1049574", 28), ("1049584", 28), ("1049621", 84),
    ]  # fmt: skip
    second = plan["steps"][2]
    share = 100 * (first["mmePerDay"] - second["mmePerDay"])
    assert second["cutPercentOfStart"] == pytest.approx(share / plan["baselineMmePerDay"], abs=0.01)
    assert second["cutPercentOfPrevious"] == pytest.approx(share / first["mmePerDay"], abs=0.01)
    assert second["cutPercentOfStart"] < second["cutPercentOfPrevious"]
    assert {"hold", "pause", "stop", "slow", "naloxone", "withdrawalSupport"} <= found.keys()


def test_fhir_is_a_valid_bundle_of_plans_and_first_orders(taper):
    found = data(taper("orders.json", "--fhir", *AS_OF))
    Bundle.model_validate(found)
    details = [one["detail"] for one in found["entry"][0]["resource"]["activity"]]
    assert [one["status"] for one in details] == ["in-progress"] * 2 + ["not-started"] * (len(details) - 2)
    assert details[0]["dailyAmount"]["value"] == 2, "morning and evening"
    kinds = [entry["resource"]["resourceType"] for entry in found["entry"]]
    assert kinds.count("CarePlan") == 2
    drafts = [one["resource"] for one in found["entry"] if one["resource"]["resourceType"] == "MedicationRequest"]
    assert {draft["status"] for draft in drafts} == {"draft"}
    assert {draft["subject"]["reference"] for draft in drafts} == {"Patient/example"}


def test_number_alone_gives_morphine_equivalents_and_says_so(taper):
    found = data(taper("--current", "60", "--therapy-days", "200", "--json", content=None))
    [plan] = found["plans"]
    assert [step["mmePerDay"] for step in plan["steps"]][:12] == [
        60, 54, 48, 42, 36, 30, 24, 18, 16.2, 14.58, 13.12, 11.81,
    ]  # fmt: skip
    assert plan["notes"][0] == "no-tablets"
    assert {step["taken"] for step in plan["steps"]} == {None}
    text = taper("--current", "60", content=None).output
    assert "without tablets" in text


def test_number_alone_as_fhir_has_no_orders(taper):
    found = data(taper("--current", "60", "--fhir", content=None))
    assert [entry["resource"]["resourceType"] for entry in found["entry"]] == ["CarePlan"]


def test_asked_for_pace_interval_and_end_are_kept(taper):
    found = data(taper("orders.json", "--pace", "5%", "--interval", "42", "--to", "100", "--json", *AS_OF))
    assert len(found["plans"]) == 2
    for plan in found["plans"]:
        assert plan["steps"][-1]["mmePerDay"] == 105
        assert {step["days"] for step in plan["steps"]} == {42}
        assert plan["targetMmePerDay"] == 100
        assert "ends-above" in plan["notes"]


@pytest.mark.parametrize(
    ("options", "passes"),
    [
        (("--therapy-days", "300"), True),  # weekly steps go on for longer than the 65 days that are left
        (("--therapy-days", "120"), False),  # they end before a year is over
        (("--therapy-days", "300", "--profile", "us-short"), False),  # asked for by its name
        (("--therapy-days", "400"), False),
    ],
)
def test_plan_that_goes_on_beyond_a_year_of_therapy_says_that_the_pace_gets_slower(options, passes, taper):
    found = data(taper("orders.json", "--json", *options, *AS_OF))
    said = [one for one in found["remarks"] if "the slower pace holds" in one]
    assert bool(said) is passes
    if passes:
        assert "365 days" in said[0]
        assert "steps of 28 days" in said[0]
        number = data(taper("--current", "500", "--json", *options, content=None))
        assert any("the slower pace holds" in one for one in number["remarks"])


def test_taper_that_goes_on_is_counted_from_where_it_began(taper):
    found = data(taper("--current", "67.5", "--begun-at", "142.5", "--json", content=None))
    [plan] = found["plans"]
    assert (plan["baselineMmePerDay"], plan["begunAtMmePerDay"]) == (67.5, 142.5)
    assert [step["mmePerDay"] for step in plan["steps"][:3]] == [67.5, 53.25, 39]
    assert plan["steps"][0]["percentOfStart"] == pytest.approx(47.37)
    assert "The taper began at 142.5 MME/day: percentages are counted from there." in plan["notesWords"]
    anew = data(taper("--current", "67.5", "--json", content=None))["plans"][0]
    assert (anew["begunAtMmePerDay"], anew["steps"][1]["mmePerDay"]) == (None, 60.75)
    below = taper("orders.json", "--begun-at", "100", *AS_OF)
    assert below.exit_code == 1
    assert "the dose at which the taper is said to have begun is below the present dose" in " ".join(
        below.output.split()
    )


def test_end_that_no_step_reaches_without_passing_it_leaves_the_dose_as_it_is(taper):
    """The next step of these tablets is to 135 MME/day: nothing is to be ordered."""
    bundle = data(taper("orders.json", "--to", "142", "--fhir", *AS_OF))
    assert {entry["resource"]["resourceType"] for entry in bundle["entry"]} == {"CarePlan"}
    assert {len(plan["steps"]) for plan in data(taper("orders.json", "--to", "142", "--json", *AS_OF))["plans"]} == {1}


def test_reviews_within_a_long_step_are_told_with_their_days(taper):
    table = " ".join(taper("orders.json", "--interval", "42", *AS_OF).output.split())
    assert "(reviews on 2026-04-" in table
    assert "(reviews on" not in taper("orders.json", "--interval", "28", *AS_OF).output


def test_end_at_nothing_is_no_end_in_between(taper):
    found = data(taper("--current", "30", "--profile", "us-acute-days", "--to", "0", "--json", content=None))
    assert [step["mmePerDay"] for step in found["plans"][0]["steps"]] == [30, 15, 0]


@pytest.mark.parametrize(
    ("arguments", "content", "profile", "table"),
    [
        (("orders.json", "--guideline", "au-2022"), BUNDLE, "au-long", "anzca-2021"),
        (("orders.json",), {**ER, "authoredOn": "2025-10-31"}, "us-short", "cdc-2022"),
        (("--current", "60", "--therapy-days", "0"), None, "us-acute-days", None),
    ],
    ids=["another guideline", "a young order", "a therapy that begins today"],
)
def test_guideline_and_length_of_therapy_choose_pace_and_table(taper, arguments, content, profile, table):
    (plan, *_) = data(taper(*arguments, "--json", *AS_OF, content=content))["plans"]
    assert (plan["profile"]["id"], plan["table"]) == (profile, table)


def test_an_undated_statement_of_an_order_tells_nothing_of_the_length(taper):
    order = {**ER, "authoredOn": "2025-10-31"}
    stated = {**ER, "resourceType": "MedicationStatement", "id": "s", "authoredOn": None}
    both = {"resourceType": "Bundle", "entry": [{"resource": order}, {"resource": stated}]}
    assert data(taper("orders.json", "--json", *AS_OF, content=both))["plans"][0]["profile"]["id"] == "us-short"


@pytest.mark.parametrize("status", ["completed", "stopped"])
def test_a_therapy_is_as_long_as_its_finished_orders_tell_however_they_ended(taper, status):
    """An order of last week tells nothing of the length, unless the list holds what was before it."""
    young = {**ER, "authoredOn": "2026-01-25"}
    supplied = {"expectedSupplyDuration": {"value": 20, "unit": "d"}}
    before = {**ER, "id": "before", "status": status, "authoredOn": "2026-01-05", "dispenseRequest": supplied}
    alone = data(taper("orders.json", "--json", *AS_OF, content=young))
    both = data(taper("orders.json", "--json", *AS_OF, content=bundle(young, before)))
    assert [one["plans"][0]["profile"]["id"] for one in (alone, both)] == ["us-long", "us-acute-weeks"]


UNDOSED = {**ER, "dosageInstruction": []}


@pytest.mark.parametrize("output", [(), ("--json",), ("--fhir",)])
def test_regimen_with_a_part_that_is_not_known_is_found_wanting(output, taper):
    result = taper("orders.json", *output, *AS_OF, content=UNDOSED)
    assert result.exit_code == 1
    words = " ".join(result.output.split())
    assert "must not rest on a floor" in words
    assert "12 HR oxycodone hydrochloride 40 MG Extended Release Oral Tablet: no dosage instruction" in words
    assert "Complete the order with product, strength and how it is taken, and plan again." in words


LEVORPHANOL = {**ER, "medicationCodeableConcept": {"text": "levorphanol 2 mg tablet"}}


@pytest.mark.parametrize("output", [(), ("--json",), ("--fhir",)])
@pytest.mark.parametrize(
    ("profile", "pace"), [((), "10% less of it every 28"), (("--profile", "us-short"), "every 7 days")]
)
def test_opioid_without_a_factor_can_be_lowered_by_its_own_dose(profile, pace, output, taper):
    result = taper("orders.json", *output, *profile, *AS_OF, content=LEVORPHANOL)
    words = " ".join(result.output.split())
    assert result.exit_code == 1
    assert "by its own dose" in words
    assert pace in words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "either a FILE or --current"),
        (("orders.json", "--current", "60"), "either a FILE or --current"),
        (("orders.json", "--json", "--fhir"), "either --json or --fhir"),
        (("missing.json",), "missing.json: No such file"),
        (("--current", "many"), "--current: expected a number"),
        (("--current", "0"), "--current: expected a number"),
        (("--current", "-5"), "--current: expected a number"),
        (("--current", "NaN"), "--current: expected a number"),
        (("--current", "5000"), "up to 2000"),
        (("--current", "1_0"), "--current: expected a number"),
        (("--current", "1e2"), "--current: expected a number"),
        (("--current", "٤٠"), "--current: expected a number"),
        (("--current", "0" * 30 + "60"), "--current: expected a number"),
        (("--current", "60", "--interval", "1" * 5000), "is not a valid integer"),
        (("--current", "60", "--interval", "2_8"), "'2_8' is not a valid integer"),
        (("--current", "60", "--therapy-days", "4_00"), "'4_00' is not a valid integer"),
        (("orders.json", "--pace", "1_0"), "--pace: expected a number"),
        (("orders.json", "--to", "5_0"), "--to: expected a number"),
        (("orders.json", "--pace", "11"), "at most 10% a step"),
        (("orders.json", "--pace", "0"), "--pace: expected a number"),
        (("orders.json", "--interval", "27"), "28 to 365 days"),
        (("orders.json", "--interval", "366"), "28 to 365 days"),
        (("--current", "2000", "--pace", "0.01", "--interval", "365"), "--interval: so slowly a plan would go on"),
        (("--current", "60", "--pace", "0.3"), "--pace: so slowly a plan would go on for more than 20 years"),
        (("orders.json", "--to", "x"), "--to: expected a number"),
        (("orders.json", "--start", "tomorrow"), "--start: expected a day"),
        (("orders.json", "--as-of", "2026-02-30"), "--as-of: expected a day"),
        (("orders.json", "--guideline", "moon"), "--guideline: expected one of au-2022"),
        (("orders.json", "--profile", "fast"), "--profile: expected one of us-long, us-"),
        (("orders.json", "--table", "x"), "--table: expected one of"),
        (("--current", "60", "--therapy-days", "-1"), "--therapy-days: expected"),
        (("--current", "60", "--begun-at", "0"), "--begun-at: expected"),
        (("--current", "60", "--begun-at", "x"), "--begun-at: expected"),
        (("orders.json", "--first", "patch"), "Invalid value for '--first'"),
    ],
)
def test_what_makes_no_sense_is_said_and_ends_with_2(arguments, words, taper):
    result = taper(*arguments)
    assert result.exit_code == 2
    assert words in result.output


@pytest.mark.parametrize("content", [b"{", b"[]", {"resourceType": "Patient"}])
def test_what_cannot_be_read_ends_with_2(content, taper):
    result = taper("orders.json", content=content)
    assert result.exit_code == 2
    assert "orders.json" in result.output


def test_end_that_is_not_below_the_dose_is_found_wanting(taper):
    result = taper("orders.json", "--to", "142.5", *AS_OF)
    assert result.exit_code == 1
    assert "not below the present dose" in result.output
