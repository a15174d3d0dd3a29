"""The report: counts that can be redone by hand. On both kinds of database."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from cds_service import cli
from cds_service.report import Report, Tally, TopicLine, Volume
from cds_service.storage.reports import report
from tests.cds_service.hospital import SIGN, opened
from tests.hooks.orders import TODAY, draft

REVIEW, NALOXONE, TOTAL = "DeprescribingReview", "NaloxoneOffer", "MmeTotal"
LISINOPRIL = draft("l", "lisinopril")


@pytest.fixture
def database_url(each_database_url: str) -> str:
    return each_database_url


def lines(found: Report) -> dict[str, TopicLine]:
    return {line.topic: line for line in found.topics}


def test_how_often_each_card_was_due_by_orders_and_by_prescriber_day(hospital, engines):
    """Day 1: one prescriber signs twice, 3 orders; another once, 1 order. Day 2: one signs a harmless order."""
    hospital.sign()
    hospital.sign(patient="p2", drafts=(draft("d", "oxycodone 5"), LISINOPRIL))
    hospital.sign(user="Practitioner/2")
    hospital.clock.passes(days=1)
    assert hospital.sign(drafts=(LISINOPRIL,), taken=()) == {}
    found = report(engines[0], TODAY, TODAY + timedelta(days=1))
    assert found.volumes == {SIGN: Volume(calls=4, orders=5, prescriber_days=3)}
    line = lines(found)[NALOXONE]
    assert (line.service, line.hook, line.week) == (SIGN, "order-sign", None)
    assert (line.tally.shown, line.tally.due) == (3, 3)
    assert (line.per_100_orders, line.per_prescriber_day) == (60.0, 1.0)


def test_a_service_in_shadow_is_reported_as_what_would_have_been(make_app, engines):
    hospital = opened(make_app, f"[services.{SIGN}]\nshadow = true")
    hospital.sign()
    line = lines(report(engines[0], TODAY, TODAY))[TOTAL]
    assert (line.tally.shown, line.tally.shadow, line.per_100_orders) == (0, 1, 100.0)


def test_answers_count_once_for_each_card_and_accepted_stands_above_overridden(hospital, engines):
    first, second, third, fourth = (hospital.sign(patient=f"p{number}") for number in range(4))
    for _ in range(2):
        hospital.override(first[REVIEW], "benefits-outweigh-harms")
    hospital.override(second[REVIEW], "already-discussed")
    hospital.override(second[REVIEW], None)
    hospital.override(third[REVIEW], None)
    hospital.override(fourth[NALOXONE], "patient-declined")
    hospital.accept(fourth[NALOXONE])
    hospital.override({"uuid": "never-shown"}, None)
    found = report(engines[0], TODAY, TODAY)
    review, naloxone = lines(found)[REVIEW].tally, lines(found)[NALOXONE].tally
    assert (review.accepted, review.overridden) == (0, 3)
    assert review.reasons == {"": 1, "already-discussed": 1, "benefits-outweigh-harms": 1}
    assert (naloxone.accepted, naloxone.overridden, naloxone.reasons) == (1, 0, {})
    assert found.unknown_cards == 1


def test_what_was_held_back_is_not_due(hospital, engines):
    hospital.override(hospital.sign()[REVIEW], "benefits-outweigh-harms")
    hospital.sign()
    tally = lines(report(engines[0], TODAY, TODAY))[REVIEW].tally
    assert (tally.shown, tally.snoozed, tally.due) == (1, 1, 1)


def test_weeks_begin_on_monday_and_days_outside_are_left_out(hospital, engines):
    """22 November 2026 is a Sunday."""
    for _ in range(3):
        hospital.sign()
        hospital.clock.passes(days=1)
    found = report(engines[0], TODAY, TODAY + timedelta(days=1))
    weeks = {line.week: line.tally.shown for line in found.weeks if line.topic == TOTAL}
    assert weeks == {date(2026, 11, 16): 1, date(2026, 11, 23): 1}
    assert lines(found)[TOTAL].tally.shown == 2


def test_without_a_key_prescribers_are_not_told_apart(make_app, engines):
    hospital = opened(make_app, 'mode = "production"\npublic_url = "https://cds.example.org"')
    hospital.sign()
    found = report(engines[0], TODAY, TODAY)
    assert found.volumes[SIGN].prescriber_days is None
    assert lines(found)[TOTAL].per_prescriber_day is None
    assert lines(found)[TOTAL].per_100_orders == 100.0


def test_nothing_noted_is_an_empty_report(hospital, engines):
    found = report(engines[0], TODAY, TODAY)
    assert (found.topics, found.weeks, found.volumes, found.unknown_cards) == ((), (), {}, 0)
    assert list(found.as_text())[-1].endswith("Nothing was noted in this time.")


# ---- how it is written ----

VOLUME = Volume(calls=10, orders=8, prescriber_days=4)
TALLY = Tally(shown=3, shadow=1, snoozed=2, overridden=2, reasons={"=cmd": 1, "": 1})
WEEK = TopicLine(week=date(2026, 11, 16), service=SIGN, hook="order-sign", topic=REVIEW, volume=VOLUME, tally=TALLY)
FOUND = Report(
    start=date(2026, 11, 16),
    end=date(2026, 11, 22),
    volumes={SIGN: VOLUME},
    topics=(replace(WEEK, week=None),),
    weeks=(WEEK,),
    unknown_cards=1,
)


def test_as_text_it_can_be_read_aloud():
    assert list(FOUND.as_text()) == [
        "Cards from 2026-11-16 to 2026-11-22",
        f"\n{SIGN}: 10 calls, 8 orders, prescriber-days 4",
        "  topic                shown  shadow  held back  per 100 orders  per prescriber-day  accepted  overridden",
        "  DeprescribingReview      3       1          2           50.00                1.00         0           2",
        "    overridden for =cmd: 1, no reason given: 1",
        "\nFeedback about cards that were not noted: 1",
    ]


def test_as_text_no_reason_steers_a_terminal():
    told = replace(FOUND, topics=(replace(FOUND.topics[0], tally=replace(TALLY, reasons={"\x1b[2J": 1})),))
    assert "    overridden for ?[2J: 1" in list(told.as_text())


def test_rates_are_told_to_two_places():
    rare = replace(WEEK, volume=Volume(calls=3000, orders=3000, prescriber_days=300))
    assert (rare.per_100_orders, rare.per_prescriber_day) == (0.13, 0.01)


def test_as_csv_what_is_not_known_is_an_empty_cell():
    rows = list(replace(FOUND, volumes={SIGN: replace(VOLUME, prescriber_days=None)}).as_csv())
    assert ("", SIGN, "", "", "prescriber_days", "", "") in rows


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_as_csv_no_cell_is_a_formula_however_it_begins(sign):
    told = replace(FOUND, weeks=(replace(WEEK, tally=replace(TALLY, reasons={f"{sign}cmd": 1})),))
    rows = list(told.as_csv())
    assert len({len(row) for row in rows}) == 1
    assert ("2026-11-16", SIGN, "order-sign", REVIEW, "overridden for", f"'{sign}cmd", "1") in rows
    assert ("", SIGN, "", "", "orders", "", "8") in rows


# ---- the command ----


@pytest.fixture
def run(tmp_path, database_url):
    def invoke(*arguments: str):
        environ = {"OPIOID_CDS_DATABASE__URL": database_url, "OPIOID_CDS_CONFIG": ""}
        return CliRunner().invoke(cli.main, ["report", *arguments], env=environ)

    return invoke


def test_the_command_prints_text_json_and_csv(run, hospital):
    hospital.sign()
    time = ("--from", "2026-11-01", "--to", "2026-11-30")
    assert run(*time).output.startswith("Cards from 2026-11-01 to 2026-11-30\n\nopioid-order-sign: 1 calls, 1 orders")
    told = json.loads(run(*time, "--json").output)
    assert (told["from"], told["services"][0]["orders"]) == ("2026-11-01", 1)
    assert {one["topic"]: one["per_100_orders"] for one in told["topics"]} == dict.fromkeys(
        (REVIEW, NALOXONE, TOTAL), 100
    )
    assert told["weeks"][0]["week"] == "2026-11-16"
    rows = list(csv.DictReader(io.StringIO(run(*time, "--csv").output)))
    assert sum(int(row["count"]) for row in rows if row["measure"] == "shown") == 3


def test_the_command_tells_of_four_weeks_or_of_a_single_day(run):
    weeks, day = run("--to", "2026-11-29"), run("--from", "2026-11-29", "--to", "2026-11-29")
    assert weeks.output.startswith("Cards from 2026-11-02 to 2026-11-29\n"), "28 days, both ends included"
    assert day.output.startswith("Cards from 2026-11-29 to 2026-11-29\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "yesterday"), "expected a day as YYYY-MM-DD"),
        (("--from", "2026-02-30"), "expected a day as YYYY-MM-DD"),
        (("--from", "20260201"), "expected a day as YYYY-MM-DD"),
        (("--to", "9999-12-31"), "expected a day as YYYY-MM-DD, from 1900 to 2199"),
        (("--to", "0001-01-01"), "expected a day as YYYY-MM-DD, from 1900 to 2199"),
        (("--from", "2026-02-02", "--to", "2026-02-01"), "--from is after --to"),
        (("--json", "--csv"), "choose one of --json and --csv"),
        (("--config", "none.toml"), "none.toml: No such file"),
    ],
)
def test_wrong_usage_ends_with_2(arguments, words):
    result = CliRunner().invoke(cli.main, ["report", *arguments])
    assert result.exit_code == 2
    assert words in result.stderr


@pytest.mark.parametrize("command", ["report", "purge"])
@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:///missing.sqlite3", "there is no such file"),
        ("sqlite:///empty.sqlite3", "tables are not those of this version"),
        ("sqlite:////no/such/folder/x.sqlite3", "expected a file in a folder that exists"),
        ("postgresql+psycopg://cds:hunter2@127.0.0.1:1/none", "the database cannot be used (psycopg.OperationalError)"),
    ],
)
def test_a_database_that_cannot_be_used_ends_with_2(command, url, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.sqlite3").touch()
    result = CliRunner().invoke(cli.main, [command], env={"OPIOID_CDS_DATABASE__URL": url, "OPIOID_CDS_CONFIG": ""})
    assert result.exit_code == 2
    assert words in result.stderr
    assert "hunter2" not in result.output
    assert not (tmp_path / "missing.sqlite3").exists()
