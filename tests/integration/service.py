"""The real command, `opioid-cds serve`, allowed to read from one FHIR server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

START_SECONDS = 60
DEADLINE_SECONDS = 20.0
"""Ample: what is proven is what is read and said; how long it takes is a matter of the machine."""


@contextmanager
def serving(folder: Path, fhir_server: str) -> Iterator[int]:
    """The port of a service whose files, its log included, are in a folder."""
    settings = f"""
mode = "development"
[fhir]
allowed_servers = ["{fhir_server}"]
allow_http = true
deadline_seconds = {DEADLINE_SECONDS}
"""
    (folder / "cds.toml").write_text(settings, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = Path(sys.executable).with_name("opioid-cds")
    own = {name: value for name, value in os.environ.items() if not name.startswith("OPIOID_CDS_")}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(command), "serve", "--port", str(port), "--config", "cds.toml"],
            cwd=folder,
            env=own,
            stdout=log,
            stderr=log,
        )
    try:
        _wait(port, process, folder / "log")
        yield port
    finally:
        process.terminate()
        process.wait(60)


def get(port: int, path: str) -> str:
    """The body of an answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            get(port, "/readyz")
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the service did not start:\n{log.read_text(encoding='utf-8')}") from None
            time.sleep(0.05)
