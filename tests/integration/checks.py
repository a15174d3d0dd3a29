"""What is proven in front of a real FHIR server. Each check says what it looked at, or fails with what it met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.integration import service
from tests.integration.calls import SERVICES, Answer, Ehr, Json, everything, worked_case
from tests.integration.decoy import Decoy
from tests.integration.hapi import PAGE, Hapi
from tests.integration.patients import Chart

REFUSED_TOKEN = "a-token-that-has-expired"  # noqa: S105 - made up
SIGN, VIEW = "opioid-order-sign", "opioid-patient-view"


class Unproven(Exception):
    """What was met instead."""


@dataclass(kw_only=True)
class Scene:
    """Everything that a check may look at."""

    hapi: Hapi
    ehr: Ehr
    charts: list[Chart]
    folder: Path
    decoy: Decoy
    reads: list[str] = field(default_factory=list)
    """All requests that reached the server while the charts were read."""
    times: list[float] = field(default_factory=list)
    """Seconds of each answer for which everything was read."""

    def read(self, service_id: str, chart: Chart, **changes: object) -> Answer:
        """A call with nothing prefetched."""
        answer = self.ehr.call(service_id, self.ehr.request(service_id, chart, **changes))
        self.times.append(answer.seconds)
        return answer


def worked_case_on_every_service(scene: Scene) -> str:
    """The worked case of the README."""
    for id_, hook in SERVICES.items():
        answer = scene.read(id_, worked_case(id_))
        _expect(answer.status == 200 and bool(answer.cards), f"{hook}: {answer.status} {answer.content}")
        found = (answer.dose["proposed"]["maximum"], answer.dose["proposed"]["scheduled"], answer.dose["complete"])
        _expect(found == (142.5, 120, True), f"{hook}: {answer.dose}")
    scene.reads += scene.hapi.seen()
    return f"142.5 MME/day (120 scheduled), complete, on {len(SERVICES)} services"


def read_as_if_sent(scene: Scene) -> str:
    """The law: what is read says the same as what was sent, uuids aside."""
    calls = [(id_, chart) for chart in scene.charts for id_ in SERVICES]
    read = [scene.read(*call) for call in calls]
    scene.reads += scene.hapi.seen()
    sent = [scene.ehr.call(id_, scene.ehr.request(id_, chart, everything(chart))) for id_, chart in calls]
    beside = scene.hapi.seen()
    _expect(not beside, f"everything was sent, and {len(beside)} times read all the same; first {beside[:1]}")
    differing = [
        f"{chart.id}, {id_}: read {one.topics} {one.dose}, sent {other.topics} {other.dose}"
        for (id_, chart), one, other in zip(calls, read, sent, strict=True)
        if not one.same_as(other)
    ]
    _expect(not differing, f"{len(differing)} of {len(calls)} differ; first {differing[:1]}")
    cards = Counter(topic for answer in read for topic in answer.topics)
    _expect(len(cards) >= 5, f"the charts make too few cards speak: {cards}")
    return (
        f"{len(calls)} pairs alike; cards {', '.join(f'{topic} {number}' for topic, number in sorted(cards.items()))}"
    )


def pages_were_followed(scene: Scene) -> str:
    """Lists longer than a page of the server."""
    pages = [one for one in scene.reads if "_getpages=" in one]
    _expect(len(pages) > 100, f"only {len(pages)} further pages of {PAGE} entries were read")
    return f"{len(pages)} further pages of {PAGE} entries"


def only_gets_that_the_server_accepts(scene: Scene) -> str:
    """What reached the server: GET, with the token, and no search that it refuses."""
    by_status = Counter(one.rpartition(" ")[2] for one in scene.reads)
    others = [one for one in scene.reads if not one.startswith("GET /fhir")]
    _expect(not others, f"not a GET below the base: {others[:1]}")
    refused = [one for one in scene.reads if not one.endswith(" 200")]
    _expect(not refused, f"{len(refused)} of {len(scene.reads)} refused; first {refused[:1]}")
    kinds = Counter(
        one.split()[1].partition("?")[0].split("/")[2:3][0] for one in scene.reads if "_getpages" not in one
    )
    return (
        f"{by_status['200']} reads, all 200: {', '.join(f'{kind} {number}' for kind, number in sorted(kinds.items()))}"
    )


def references_were_followed(scene: Scene) -> str:
    """Drugs that stand in resources of their own."""
    found = {one for one in scene.reads if one.startswith("GET /fhir/Medication/")}
    _expect(len(found) > 50, f"only {len(found)} Medications were read")
    return f"{len(found)} Medications"


def a_refused_token_is_said(scene: Scene) -> str:
    """401 from the server: no list of medicines."""
    token = {"access_token": REFUSED_TOKEN, "token_type": "Bearer", "expires_in": 300, "scope": "x", "subject": "y"}
    return _incomplete(scene, fhirAuthorization=token)


def nothing_goes_elsewhere(scene: Scene) -> str:
    """A page and a Medication at another server are not asked for, nor a server that is not listed."""
    chart = worked_case(SIGN)
    page = everything(chart)["medications"] | {"link": [{"relation": "next", "url": f"{scene.decoy.base}/fhir?p=2"}]}
    answer = scene.read(SIGN, chart, prefetch={"medications": page})
    _expect("DataIncomplete" in answer.topics, f"a part of a list is not said: {answer.topics}")
    drug = {"medicationReference": {"reference": f"{scene.decoy.base}/fhir/Medication/1"}}
    draft = {name: value for name, value in chart.drafts[0].items() if name != "medicationCodeableConcept"} | drug
    answer = scene.read(SIGN, Chart(id=chart.id, resources=chart.resources, drafts=(draft,)))
    _expect("DataIncomplete" in answer.topics, f"an unknown drug is not said: {answer.topics}")
    answer = scene.read(SIGN, chart, fhirServer=f"{scene.decoy.base}/fhir")
    _expect("DataIncomplete" in answer.topics, f"a server that may not be read is not said: {answer.topics}")
    _expect(scene.decoy.callers == 0, f"{scene.decoy.callers} connections to another server")
    return "no connection to another server; DataIncomplete 3 of 3 times"


def token_and_patients_are_nowhere_else(scene: Scene) -> str:
    """Logs, metrics and database of the service."""
    files = [one for one in scene.folder.iterdir() if one.is_file()]
    metrics = service.get(scene.ehr.port, "/metrics").encode()
    searched = 0
    for content in (metrics, *(one.read_bytes() for one in files)):
        searched += len(content)
        for word in (scene.ehr.token, REFUSED_TOKEN, *(chart.id for chart in scene.charts), "worked-"):
            _expect(word.encode() not in content, f"{word!r} was written down")
    return f"{searched:,} bytes of {len(files)} files and the metrics"


def a_server_that_ends_is_said(scene: Scene) -> str:
    """Connection refused: DataIncomplete, 412 where nothing can be said."""
    scene.hapi.stop()
    return _incomplete(scene)


def _incomplete(scene: Scene, **changes: Json) -> str:
    for id_ in SERVICES:
        answer = scene.read(id_, worked_case(id_), **changes)
        if id_ == VIEW:
            _expect(answer.status == 412, f"{id_}: {answer.status} {answer.topics}")
        else:
            _expect(answer.status == 200 and "DataIncomplete" in answer.topics, f"{id_}: {answer.topics}")
            _expect(answer.dose["complete"] is False, f"{id_}: {answer.dose}")
    return "DataIncomplete on 3 services, 412 on patient-view"


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Unproven(otherwise)


Check = Callable[[Scene], str]

CHECKS: tuple[tuple[str, Check], ...] = (
    ("worked case, nothing prefetched", worked_case_on_every_service),
    ("a hundred patients: read = sent", read_as_if_sent),
    ("further pages", pages_were_followed),
    ("referenced Medications", references_were_followed),
    ("searches and methods", only_gets_that_the_server_accepts),
    ("a token that is refused", a_refused_token_is_said),
    ("nothing goes elsewhere", nothing_goes_elsewhere),
    ("token and patients written down", token_and_patients_are_nowhere_else),
    ("a server that has ended", a_server_that_ends_is_said),
)
"""In this order: the last one ends the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table."""

    what: str
    proven: bool
    words: str


def run(scene: Scene) -> Iterator[Line]:
    """Every check, whatever became of the others."""
    for what, check in CHECKS:
        try:
            yield Line(what=what, proven=True, words=check(scene))
        except Unproven as error:
            yield Line(what=what, proven=False, words=str(error))


def speed(scene: Scene) -> str:
    """How long the answers took for which all was read; told, never judged."""
    typical, slowest = median(scene.times) * 1000, max(scene.times) * 1000
    return f"{len(scene.times)} answers, median {typical:.0f} ms, slowest {slowest:.0f} ms"
