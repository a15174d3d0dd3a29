"""`make integration`: the services read from a real FHIR server, HAPI's JPA server, on loopback.

Exit code 0: all was proven. 1: something was not. 77: nothing was, because Java, Maven or the artifacts are missing.
"""

from __future__ import annotations

import secrets
import sys
import tempfile
import time
from pathlib import Path

from cds_service.app import local_now
from tests.integration import checks, decoy, hapi, service
from tests.integration.calls import SERVICES, Ehr, worked_case
from tests.integration.patients import charts

SKIPPED = 77
"""What test programs conventionally answer when they could not run."""


def main() -> int:
    """Builds, starts, loads, asks, and prints a table."""
    try:
        hapi.require()
        _say("building the FHIR server with Maven (the first time downloads some 310 MB)")
        hapi.build()
    except hapi.CannotRun as error:
        print(f"SKIPPED, NOTHING WAS TESTED: {error}")
        print(f"0 passed, 0 failed, {len(checks.CHECKS)} skipped")
        return SKIPPED
    token = secrets.token_urlsafe(24)
    with tempfile.TemporaryDirectory(prefix="opioid-cds-integration-") as folder, decoy.waiting() as elsewhere:
        _say("starting it (about half a minute of a processor)")
        with hapi.running(token, hapi.BUILD / "server.log") as server:
            people = charts(local_now().date())
            loaded = [*map(worked_case, SERVICES), *people]
            _say(f"loading {sum(len(one.resources) for one in loaded)} resources of {len(loaded)} patients")
            for chart in loaded:
                server.put(list(chart.resources))
            server.seen()
            with service.serving(Path(folder), server.base) as port:
                _say(f"asking {', '.join(SERVICES)}")
                scene = checks.Scene(
                    hapi=server,
                    ehr=Ehr(port=port, server=server.base, token=token),
                    charts=people,
                    folder=Path(folder),
                    decoy=elsewhere,
                )
                lines = list(checks.run(scene))
    print()
    for line in lines:
        print(f"{'passed' if line.proven else 'FAILED'}  {line.what:<34}{line.words}")
    print(f"        {'time, everything read':<34}{checks.speed(scene)}")
    failures = sum(not line.proven for line in lines)
    print(f"\n{len(lines) - failures} passed, {failures} failed")
    return 1 if failures else 0


def _say(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {words}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
