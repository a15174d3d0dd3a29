"""The floor: the least that any Flask service would do. Parse the same body, answer a constant card.

It is served by the service's own `serve` command with only the application exchanged, so that both
run under the same server with the same workers, threads and limits.
"""

from __future__ import annotations

import sys
from typing import Any

import granian
import orjson
from flask import Flask, Response, request

CARD = orjson.dumps(
    {
        "cards": [
            {
                "uuid": "00000000-0000-4000-8000-000000000000",
                "summary": "A constant card, as large as a small real one",
                "detail": "What the floor server answers to every request, whatever the request says. " * 8,
                "indicator": "info",
                "source": {"label": "benchmarks"},
            }
        ]
    }
)
DISCOVERY = orjson.dumps({"services": [{"hook": "order-sign", "id": "opioid-order-sign", "description": "The floor"}]})

app = Flask(__name__, static_folder=None)


@app.get("/cds-services")
def discovery() -> Response:
    """A constant list of services."""
    return Response(DISCOVERY, mimetype="application/json")


@app.post("/cds-services/<service>")
def card(service: str) -> Response:  # noqa: ARG001 - routed like the real one
    """The constant card, after parsing the body."""
    orjson.loads(request.get_data())
    return Response(CARD, mimetype="application/json")


def main() -> None:
    """`opioid-cds serve` with the same arguments, and the floor in place of the application it would serve."""
    server = granian.Granian

    def exchanged(target: str, **settings: Any) -> Any:  # noqa: ARG001 - the exchange is the point
        return server("benchmarks.floor:app", **settings)

    granian.Granian = exchanged  # type: ignore[assignment]
    from cds_service.cli import main as command  # noqa: PLC0415 - after the exchange, or it would be too late

    command(["serve", *sys.argv[1:]])


if __name__ == "__main__":
    main()
