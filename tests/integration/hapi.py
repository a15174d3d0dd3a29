"""A HAPI FHIR JPA server on loopback: built by Maven from published artifacts, run by Java, ended with this program."""

from __future__ import annotations

import json
import os
import queue
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import IO, Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
PROJECT = Path(__file__).parent / "hapi"
BUILD = ROOT / "build" / "hapi"
JAVA = 17
PAGE = 3
"""Entries a page: small, so that nearly every list has several."""
BUILD_SECONDS = 1200
START_SECONDS = 300
QUIET_SECONDS = 1.0
JAVA_OPTIONS = ("-Xmx2g", "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", f"-Dpage={PAGE}")


class CannotRun(Exception):
    """Java, Maven or the artifacts are not to be had; the message says which, and what to do."""


@dataclass(kw_only=True)
class Hapi:
    """A running server, and every request that it saw since it was last asked."""

    base: str
    token: str = field(repr=False)
    process: subprocess.Popen[str]
    lines: queue.SimpleQueue[str]

    def put(self, resources: list[dict[str, Any]]) -> None:
        """Creates or replaces these resources, all or none."""
        entries = [
            {"resource": one, "request": {"method": "PUT", "url": f"{one['resourceType']}/{one['id']}"}}
            for one in resources
        ]
        content = json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}).encode()
        headers = {"Content-Type": "application/fhir+json", "Authorization": f"Bearer {self.token}"}
        connection = HTTPConnection(urlsplit(self.base).netloc, timeout=120)
        try:
            connection.request("POST", urlsplit(self.base).path, content, headers)
            answer = connection.getresponse()
            said = answer.read().decode()
        finally:
            connection.close()
        if answer.status != 200:
            raise RuntimeError(f"the FHIR server refused what was to be loaded ({answer.status}): {said[:2000]}")

    def seen(self) -> list[str]:
        """Method, path with query, and status of each request since the last time.

        A request is noted when it has been answered, so what has just been answered may need a moment.
        """
        found = []
        with suppress(queue.Empty):
            while True:
                found.append(self.lines.get(timeout=QUIET_SECONDS))
        return found

    def stop(self) -> None:
        """Ends it, and waits until it has ended."""
        self.process.kill()
        self.process.wait()


def require() -> int:
    """Java's version. Raises `CannotRun` where Java or Maven is missing or too old."""
    for command, package in (("java", f"openjdk-{JAVA}-jdk-headless"), ("mvn", "maven")):
        if shutil.which(command) is None:
            raise CannotRun(f"no '{command}' on the path; on Debian and Ubuntu: apt install {package}")
    told = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(\d+)', told.stderr + told.stdout)
    if version is None or int(version[1]) < JAVA:
        raise CannotRun(f"Java {JAVA} or newer is needed, and 'java' is {version[1] if version else 'of no version'}")
    return int(version[1])


def build() -> None:
    """Compiles the server and finds its libraries. Raises `CannotRun` where Maven cannot get them."""
    goals = ["compile", "dependency:build-classpath", f"-Dmdep.outputFile={BUILD / 'classpath'}"]
    command = ["mvn", "--batch-mode", "--quiet", "--no-transfer-progress", f"-Dbuild.folder={BUILD}", *goals]
    try:
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise CannotRun(f"Maven was not done within {BUILD_SECONDS} s") from None
    if done.returncode == 0:
        return
    said = [line for line in (done.stdout + done.stderr).splitlines() if "ERROR" in line]
    if any("COMPILATION ERROR" in line for line in said):
        raise RuntimeError("the server does not compile:\n" + "\n".join(said[:20]))
    raise CannotRun("Maven could not get the artifacts:\n" + "\n".join(said[:3]))


@contextmanager
def running(token: str, log: Path) -> Iterator[Hapi]:
    """The server, started and ended; what it complains of is written to `log`."""
    libraries = (BUILD / "classpath").read_text(encoding="utf-8").strip()
    command = ["java", *JAVA_OPTIONS, "-cp", os.pathsep.join((str(BUILD / "classes"), libraries)), "FhirServer"]
    with log.open("w", encoding="utf-8") as complaints:
        process = subprocess.Popen(
            command,
            env={**os.environ, "FHIR_TOKEN": token},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        )
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    assert process.stdout is not None
    Thread(target=_pass_on, args=(process.stdout, lines), daemon=True).start()
    try:
        yield Hapi(base=_base(lines, log), token=token, process=process, lines=lines)
    finally:
        process.kill()
        process.wait()


def _pass_on(output: IO[str], lines: queue.SimpleQueue[str]) -> None:
    for line in output:
        lines.put(line.strip())
    lines.put("")


def _base(lines: queue.SimpleQueue[str], log: Path) -> str:
    try:
        base = lines.get(timeout=START_SECONDS)
    except queue.Empty:
        raise RuntimeError(f"the FHIR server did not start within {START_SECONDS} s; see {log}") from None
    if not base.startswith("http://127.0.0.1:"):
        raise RuntimeError(f"the FHIR server ended before it answered; see {log}")
    return base
