"""The languages of the pages: another one is one file."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po

from cds_service.pages.language import Languages
from opioids.tables import Review, rows_of

ROOT = Path(__file__).resolve().parents[3]
PAGES = ROOT / "cds_service" / "pages"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "say": None, "message": None}
CATALOGUE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Calculator"
msgstr "Calculadora"

msgid "%(num)s card"
msgid_plural "%(num)s cards"
msgstr[0] "%(num)s tarjeta"
msgstr[1] "%(num)s tarjetas"
"""
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}


@pytest.fixture
def spanish(tmp_path):
    (tmp_path / "es.po").write_text(CATALOGUE, encoding="utf-8")
    return Languages(tmp_path)


@pytest.mark.parametrize(
    ("wanted", "accepted", "language"),
    [("", (), "en"), ("es", (), "es"), ("es-MX", (), "es"), ("ES", ("en",), "es"), ("", ("es-419", "en"), "es"),
     ("", ("fr", "es"), "es"), ("", ("fr",), "en"), ("../../etc", ("es",), "es"), ("en", ("es",), "en")],
)  # fmt: skip
def test_the_language_asked_for_comes_before_what_the_browser_accepts(spanish, wanted, accepted, language):
    assert spanish.chosen(wanted, accepted) == language


def test_a_catalogue_is_one_file_and_what_it_lacks_stays_english(spanish):
    words = spanish.words("es")
    assert words.gettext("Calculator") == "Calculadora"
    assert words.gettext("About") == "About"
    assert [words.ngettext("%(num)s card", "%(num)s cards", number) for number in (1, 2)] == [
        "%(num)s tarjeta",
        "%(num)s tarjetas",
    ]
    assert spanish.words("en").gettext("Calculator") == "Calculator"


def test_languages_call_themselves_by_their_own_names(spanish):
    assert spanish.names() == (("en", "English"), ("es", "Español"))


@pytest.fixture
def client(make_app, spanish, monkeypatch):
    """A client of an application with one more page, all of whose words can be said in Spanish."""
    sites = []
    monkeypatch.setattr("cds_service.pages.site.Languages", lambda folder: spanish)
    monkeypatch.setattr("cds_service.pages.about.register", lambda app, site: sites.append(site))
    app = make_app()

    def sheet():
        sites[0].speak_readers_language()
        return sites[0].page("base.html", place="sheet")

    app.add_url_rule("/sheet", "sheet", sheet)
    return app.test_client()


def test_a_page_is_in_the_language_asked_for_and_offers_the_others(client):
    page = client.get("/sheet?lang=es")
    assert page.headers["Content-Language"] == "es"
    assert '<html lang="es">' in page.text
    assert ">Calculadora</a>" in page.text
    assert 'href="/calculator?lang=es"' in page.text
    assert '<a href="?lang=en" lang="en" hreflang="en">English</a>' in page.text
    assert '<html lang="en">' in client.get("/sheet").text
    assert '<html lang="es">' in client.get("/sheet", headers={"Accept-Language": "es-MX,es;q=0.9"}).text


def test_a_page_whose_cards_are_english_is_english_altogether(client):
    page = client.get("/calculator?lang=es", headers={"Accept-Language": "es"})
    assert page.headers["Content-Language"] == "en"
    assert '<html lang="en">' in page.text
    assert 'hreflang="es"' not in page.text


# ---- the catalogues that are shipped ----


@cache
def messages():
    """Every message that the templates and the pages' code hold, with the plural where there is one."""
    found = extract_from_dir(PAGES, method_map=METHODS, options_map=OPTIONS, keywords=KEYWORDS)
    return {message for _, _, message, _, _ in found} | set(words_of_plans())


def words_of_plans():
    """What plans are told in: the code that writes them, and the names in the data of tapers."""
    for name in (
        "hooks/words/taper.py",
        "hooks/words/taper_notes.py",
        "hooks/words/no_plan.py",
        "cds_service/taper_input.py",
    ):
        yield from (one[1] for one in extract_from_file("python", ROOT / name, keywords=KEYWORDS))
    for row in rows_of("tapers/profiles.csv"):
        yield row["label"]
    for row in rows_of("tapers/withdrawal.csv"):
        yield from (row["symptom"], row["options"])
    yield from (review.value for review in Review if review is not Review.VERIFIED)


def placeholders(text):
    return sorted(re.findall(r"%\(\w+\)s", text))


def test_the_words_of_the_pages_can_be_found():
    found = messages()
    assert "Skip to the content" in found
    assert "not computed" in found
    assert ("%(num)s card", "%(num)s cards") in found


def test_a_catalogue_translates_what_there_is_and_keeps_the_places_of_numbers(tmp_path):
    (tmp_path / "es.po").write_text(CATALOGUE, encoding="utf-8")
    known = messages()
    for file in [tmp_path / "es.po", *sorted((PAGES / "translations").glob("*.po"))]:
        with file.open("rb") as source:
            check(read_po(source, locale=file.stem), known)


def check(catalogue, known):
    for message in catalogue:
        if not message.id:
            continue
        assert message.id in known, f"{message.id!r} is not on any page"
        assert not message.fuzzy
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        for words in message.string if isinstance(message.string, tuple) else (message.string,):
            assert words, message.id
            assert placeholders(words) in [placeholders(one) for one in ids], message.id
