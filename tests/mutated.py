"""Bodies that real clients send, with something wrong in them: for the laws, and by the thousand.

`python -m tests.mutated --bodies 50000 --seed 1` sends so many to the calculator and to the four services of one
process, and prints what was answered. It ends with 1 when one of them was answered by a fault of ours.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from flask.testing import FlaskClient

from tests import conversations
from tests.laws.test_garbage import POOL, places
from tests.releases import all_releases
from tests.spec.tables import charts_of

WORDS = [
    "take",
    "1",
    "2",
    "tablets",
    "q4h",
    "prn",
    "bid",
    "then",
    "for 7 days",
    "max 8/day",
    "½",
    "mg",
    "mcg/hr",
    "-",
    "(",
]

Sent = tuple[str, Any]
"""An address and the body that is sent there."""


def originals() -> list[Sent]:
    """Every recorded conversation, and every order of the specification in every release."""
    found: list[Sent] = [
        (f"/cds-services/{one.service_id}", json.loads(one.request)) for one in conversations.found_in()
    ]
    charts = [*charts_of("orders"), *charts_of("worked_examples")]
    found += [("/mme", body) for chart in charts for body in all_releases(chart.body).values()]
    return found


def mutated(sent: list[Sent], seed: int) -> Iterator[Sent]:
    """Bodies without end: each an original with one to four places changed. The two kinds take turns."""
    choose = random.Random(seed)
    kinds = [[one for one in sent if (one[0] == "/mme") is alone] for alone in (True, False)]
    while True:
        for kind in kinds:
            address, body = choose.choice(kind)
            changed = deepcopy(body)
            for _ in range(choose.choice([1, 1, 1, 2, 4])):
                changed = _changed(changed, choose)
            yield address, changed


def _changed(body: Any, choose: random.Random) -> Any:
    found = [place for place in places(body) if place]
    if not found:
        return choose.choice(POOL)
    place = choose.choice(found)
    above = _at(body, place[:-1])
    match choose.choice(["garbage", "garbage", "lost", "elsewhere", "listed", "doubled", "words", "renamed"]):
        case "garbage":
            above[place[-1]] = deepcopy(choose.choice(POOL))
        case "lost":
            del above[place[-1]]
        case "elsewhere":
            above[place[-1]] = deepcopy(_at(body, choose.choice(found)))
        case "listed":
            above[place[-1]] = [above[place[-1]]]
        case "doubled" if isinstance(above, list):
            above.append(deepcopy(above[place[-1]]))
        case "renamed" if isinstance(above, dict):
            above[choose.choice(["id", "reference", "text", "value", "x"])] = above.pop(place[-1])
        case _:
            above[place[-1]] = " ".join(choose.choices(WORDS, k=choose.randrange(1, 9)))
    return body


def _at(body: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        body = body[step]
    return body


class Wrong(Exception):
    """An answer that no body should get; the words say what is wrong with it."""


def check(caller: FlaskClient, sent: Sent) -> int:
    """Sends one body, and says how it was answered. Raises `Wrong`."""
    address, body = sent
    answer = caller.post(address, data=json.dumps(body), content_type="application/json")
    content = json.loads(answer.data)
    if answer.status_code == 200:
        if address == "/mme":
            _check_total(content)
        elif not isinstance(content["cards"], list) or any(len(card["summary"]) > 139 for card in content["cards"]):
            raise Wrong("cards that break the rules of cards")
    elif answer.status_code not in (400, 412, 422) or content.get("resourceType") != "OperationOutcome":
        raise Wrong(f"answered {answer.status_code}: {content}")
    return answer.status_code


def _check_total(content: Any) -> None:
    lines = content["counted"]
    for name in ("scheduled", "maximum"):
        total, added = content["mmePerDay"][name], sum(line["mmePerDay"][name] for line in lines)
        rounded = 0.005 * (1 + len(lines))
        if total < 0 or abs(added - total) > rounded + 1e-6:
            raise Wrong("a total that is not the sum of its lines")
    if content["complete"] is not (not content["uncounted"]):
        raise Wrong("complete, and something uncounted")


def main() -> int:
    """Send many, and print what came of them."""
    parser = argparse.ArgumentParser(description="Send mutated bodies to one process.")
    parser.add_argument("--bodies", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    caller = conversations.client()
    answered: Counter[str] = Counter()
    faults = 0
    for _, sent in zip(range(asked.bodies), mutated(originals(), asked.seed), strict=False):
        try:
            answered[f"{sent[0]} {check(caller, sent)}"] += 1
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is what this looks for
            faults += 1
            print(f"{type(fault).__name__}: {fault}\n{sent[0]}\n{json.dumps(sent[1])[:4000]}\n")  # noqa: T201
    for name, count in sorted(answered.items()):
        print(f"{count:>8}  {name}")  # noqa: T201
    print(f"{asked.bodies} bodies, seed {asked.seed}: {faults} faults")  # noqa: T201
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
