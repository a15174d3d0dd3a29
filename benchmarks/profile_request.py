"""Where the time of one request goes: cProfile of the application itself, without a server around it."""

from __future__ import annotations

import argparse
import cProfile
import pstats
import tempfile
from datetime import datetime

from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from benchmarks import payloads
from benchmarks.plan import PATH
from cds_service.app import create_app
from cds_service.settings import load


def main() -> None:
    """Print the functions that took the longest, themselves (tottime) and with all they called (cumtime)."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile_request", description=__doc__)
    parser.add_argument("--payload", choices=(*payloads.SIZES, payloads.OF_ANOTHER_DRUG), default="n20")
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--lines", type=int, default=25)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="opioid-cds-profile-") as folder:
        app = create_app(load(environ={"OPIOID_CDS_DATABASE__URL": f"sqlite:///{folder}/profile.sqlite3"}))
    body = payloads.order_sign(arguments.payload, datetime.now().astimezone().date()).body
    _answer(app, body, 20)
    profile = cProfile.Profile()
    profile.runcall(_answer, app, body, arguments.requests)
    for order in ("tottime", "cumtime"):
        pstats.Stats(profile).strip_dirs().sort_stats(order).print_stats(arguments.lines)


def _answer(app: Flask, body: bytes, requests: int) -> None:
    for _ in range(requests):
        builder = EnvironBuilder(path=PATH, method="POST", data=body, content_type="application/json")
        run_wsgi_app(app.wsgi_app, builder.get_environ(), buffered=True)


if __name__ == "__main__":
    main()
