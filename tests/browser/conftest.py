"""One server and one browser for all tests of the pages: the application on a fixed day, and Debian's Chromium.

Where no Chromium can be had the tests are skipped and say so; in continuous integration that is a failure.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

from cds_service import settings
from cds_service.app import create_app
from tests.cds_service.fakes import uuids

CHROMIUM_VARIABLE = "BROWSER_TESTS_CHROMIUM"
"""Names the browser's executable when it is not on the path."""

PICTURES_VARIABLE = "BROWSER_TESTS_PICTURES"
"""Names a folder that is to get pictures and prints of the pages; without it none are made, which is faster."""

ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DESK, TELEPHONE = (1280, 900), (375, 812)
PATIENCE_MS = 10_000


def chromium() -> str | None:
    """The browser's executable, if there is one."""
    named = os.environ.get(CHROMIUM_VARIABLE)
    return named or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = chromium()
    if executable is None:
        words = f"no Chromium: install Debian's chromium, or name one in {CHROMIUM_VARIABLE}"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        yield started
        started.close()


class Quiet(WSGIRequestHandler):
    """Says nothing about what it serves."""

    def log(self, *_: object) -> None:
        """Keeps the output of the tests clean."""


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the application, which answers on a fixed day."""
    database = tmp_path_factory.mktemp("pages") / "pages.sqlite3"
    server = make_server("127.0.0.1", 0, Response(status=503), threaded=True, request_handler=Quiet)
    chosen = {
        "OPIOID_CDS_PUBLIC_URL": f"http://127.0.0.1:{server.server_port}",
        "OPIOID_CDS_DATABASE__URL": f"sqlite:///{database}",
        "OPIOID_CDS_REPORTS__ENABLED": "true",
        "OPIOID_CDS_EXPLAIN__STORE": "true",
    }
    # Its address is known only now, and cards link to it.
    server.app = create_app(settings.load(None, chosen), clock=lambda: NOW, new_uuid=uuids())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    parts = server.app.extensions["opioid_cds"]
    parts.memory.close()
    parts.explaining.recorder.close()


@dataclass(slots=True)
class Watched:
    """A page with what must not happen on it: words in the console, and requests that leave the server."""

    page: Page
    origin: str
    said: list[str] = field(default_factory=list)
    strayed: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.origin}{path}")
        return self.page


Opened = Callable[..., Watched]


@pytest.fixture
def opened(browser: Browser, origin: str) -> Iterator[Opened]:
    """Opens a page of a size (and colours, media, …) and watches it; complaints fail the test when it ends."""
    contexts = []
    watched = []

    def open_page(size: tuple[int, int] = DESK, **more: object) -> Watched:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, java_script_enabled=True, reduced_motion="reduce", **more
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        one = Watched(page=page, origin=origin)
        watched.append(one)
        page.on("console", lambda message: one.said.append(message.text))
        page.on("pageerror", lambda error: one.said.append(str(error)))
        page.on("request", lambda request: _note_stray(one, request.url))
        return one

    yield open_page
    for context in contexts:
        context.close()
    assert [words for one in watched for words in one.said] == []
    assert [url for one in watched for url in one.strayed] == []


def keep_picture(page: Page, name: str) -> None:
    """Leaves a picture of the whole page to be looked at, where somebody wants it."""
    if folder := os.environ.get(PICTURES_VARIABLE):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def keep_print(printed: bytes, name: str) -> None:
    """Leaves what was printed to be looked at, where somebody wants it."""
    if folder := os.environ.get(PICTURES_VARIABLE):
        path = Path(folder) / f"{name}.pdf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(printed)


def _note_stray(watched: Watched, url: str) -> None:
    if not url.startswith(watched.origin) and urlsplit(url).scheme not in ("data", "about"):
        watched.strayed.append(url)
