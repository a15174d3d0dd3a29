"""Base URLs of FHIR servers: one server however it is spelled, and no other; links only below it."""

from __future__ import annotations

import pytest

from cds_service.base_urls import BaseUrl

SAME = {
    "https://ehr.example.org/fhir": [
        "https://ehr.example.org/fhir/", "HTTPS://EHR.Example.ORG/fhir", "https://ehr.example.org:443/fhir",
        "https://ehr.example.org:0443/fhir/",
    ],
    "http://127.0.0.1:8090": ["http://127.0.0.1:8090/"],
    "http://[::1]/fhir": ["http://[0:0:0:0:0:0:0:1]:80/fhir"],
    "https://ehr.example.org/api/FHIR/R4": ["https://ehr.example.org/api/FHIR/R4/"],
}  # fmt: skip


@pytest.mark.parametrize(("plain", "others"), SAME.items(), ids=SAME.keys())
def test_one_server_is_equal_however_it_is_spelled(plain, others):
    assert str(BaseUrl.of(plain)) == plain
    assert {BaseUrl.of(other) for other in others} == {BaseUrl.of(plain)}


DIFFERENT = ["http://ehr.example.org/fhir", "https://ehr.example.org:444/fhir", "https://ehr.example.org/Fhir",
             "https://ehr.example.org", "https://ehr.example.org/", "https://ehr.example.org/fhir/r4",
             "https://ehr.example.com/fhir", "https://ehr.example.org.evil.org/fhir"]  # fmt: skip


@pytest.mark.parametrize("other", DIFFERENT)
def test_another_server_is_another(other):
    assert BaseUrl.of(other) not in (None, BaseUrl.of("https://ehr.example.org/fhir"))


NOT_PLAIN = ["", "ehr.example.org/fhir", "//ehr.example.org", "ftp://ehr.example.org", "https://", "https:///fhir",
             "https://u:p@ehr.example.org/fhir", "https://ehr.example.org/fhir?x", "https://ehr.example.org/fhir#x",
             "https://ehr.example.org/a/../fhir", "https://ehr.example.org/./fhir", "https://ehr.example.org//fhir",
             "https://ehr.example.org/fhir//", "https://ehr.example.org/%2E%2e/fhir", "https://ehr.example.org/a%2Ffhir",
             "https://ehr.example.org/fhir%2f", "https://user@ehr.example.org/fhir", "https://ehr.example.org\\@evil.org/",
             "https://evil.org/#https://ehr.example.org/fhir", "https://ehr.example.org/fh\u0131r",
             "https://ehr.example.org/a/..;/fhir", "https://ehr.example.org/.;x=1/fhir", "https://ehr.example.org/;x/fhir",
             "https://ehr.example.org/%C0%ae%c0%ae/fhir",
             "https://ehr.example.org/a%5cfhir", "https://ehr.example.org/%252e/", "https://ehr.example.org/%00",
             "https://ehr.example.org/%zz", "https://ehr.example.org\\fhir", "https://ehr.example.org./fhir",
             "https://ehr..example.org/fhir", "https://ehr.example.org:/fhir", "https://ehr.example.org:0/fhir",
             "https://ehr.example.org:65536/fhir", "https://ehr.example.org:1e3/fhir", "https://[::1/fhir",
             "https://[::g]/fhir", "https://[127.0.0.1]/fhir", "https://ehr.example.org/fhir ",
             "https://ehr.example.org/f hir",
             "https://ehr.example.org/fhir\n", "https://\u212ahr.example.org/fhir", "https://ehr.example.org/\u017f",
             "https://ehr.example.org/" + "x" * 3000]  # fmt: skip


@pytest.mark.parametrize("text", NOT_PLAIN)
def test_anything_but_a_plain_url_is_none(text):
    assert BaseUrl.of(text) is None


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://ehr.example.org/api/r4?_getpages=1&x=a|b", "https://ehr.example.org/api/r4?_getpages=1&x=a|b"),
        ("HTTPS://EHR.example.org:443/api/r4/Condition?p=2", "https://ehr.example.org/api/r4/Condition?p=2"),
        ("Condition?p=2", "https://ehr.example.org/api/r4/Condition?p=2"),
        ("/api/r4/Condition?p=2", "https://ehr.example.org/api/r4/Condition?p=2"),
        ("?p=2&u=https://evil.example.org/", "https://ehr.example.org/api/r4?p=2&u=https://evil.example.org/"),
        ("Medication/1/_history/2", "https://ehr.example.org/api/r4/Medication/1/_history/2"),
    ],
)
def test_a_link_below_the_base_is_spelled_from_the_base(link, url):
    assert BaseUrl.of("https://ehr.example.org/api/r4").below(link) == url


@pytest.mark.parametrize(
    "link",
    ["https://evil.example.org/api/r4/x", "http://ehr.example.org/api/r4/x", "https://ehr.example.org/api/r40", "https://ehr.example.org/api/r4/../admin",
     "https://ehr.example.org/api/r4/%2e%2e/x", "https://ehr.example.org@evil.org/api/r4/x", "file:///etc/passwd",
     "https://ehr.example.org\\@evil.org/api/r4",
     "https://ehr.example.org/api/", "../x", "/x", "//evil.example.org/api/r4", "x/..%2f",
     "..;/x", "x/..;a=b/y", "x\\y", "x?a b", "x?a#b",
     "x#b", "x?\u00e9", "javascript:alert(1)", "https://ehr.example.org:8443/api/r4/x", "x" * 3000],
)  # fmt: skip
def test_a_link_elsewhere_is_none(link):
    assert BaseUrl.of("https://ehr.example.org/api/r4").below(link) is None


def test_below_a_base_without_a_path_lies_the_whole_host():
    assert BaseUrl.of("https://ehr.example.org").below("/x?y") == "https://ehr.example.org/x?y"
