"""The servers that are measured: started as their users start them, on loopback, and always stopped."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.accounting import cpu_seconds, workers

ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
START_LIMIT = 30.0
STOP_LIMIT = 20.0
COMMANDS = {
    "ours": ("-c", "from cds_service.cli import main; main()", "serve"),
    "floor": ("-m", "benchmarks.floor"),
}
"""How each server is started, after `python`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server. `start_seconds`: from its start until its first answer."""

    name: str
    pid: int
    port: int
    start_seconds: float

    @property
    def workers(self) -> tuple[int, ...]:
        """The processes that answer."""
        return workers(self.pid)

    def cpu_seconds(self) -> float:
        """Processor time that the workers have used so far."""
        return cpu_seconds(self.workers)

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """One request on a connection of its own: status and body."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=START_LIMIT)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@contextlib.contextmanager
def serving(name: str, worker_count: int = 1) -> Iterator[Server]:
    """The server of that name in `COMMANDS`, in production mode, stopped at the end."""
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="opioid-cds-bench-") as folder:
        log = Path(folder) / "log"
        command = [sys.executable, *COMMANDS[name], "--host", HOST, "--port", str(port)]
        begun = time.perf_counter()
        with log.open("wb") as output:
            environment = {**os.environ, **_settings(Path(folder), worker_count)}
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            _wait_for_an_answer(process, port, log)
            yield Server(name=name, pid=process.pid, port=port, start_seconds=time.perf_counter() - begun)
        finally:
            _stop(process)


def _settings(folder: Path, worker_count: int) -> dict[str, str]:
    return {
        "OPIOID_CDS_MODE": "production",
        "OPIOID_CDS_PUBLIC_URL": "https://cds.example.org",
        "OPIOID_CDS_DATABASE__URL": f"sqlite:///{folder / 'bench.sqlite3'}",
        "OPIOID_CDS_SERVER__WORKERS": str(worker_count),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_for_an_answer(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(HOST, port, timeout=1)
            connection.request("GET", "/cds-services")
            if connection.getresponse().status == http.HTTPStatus.OK:
                connection.close()
                return
        time.sleep(0.005)
    raise RuntimeError(f"the server did not answer; it said:\n{log.read_text(errors='replace')[-4000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_LIMIT)
