"""`opioid-cds import-rxnorm`: releases that the tests make, whole, cut off and foreign."""

from __future__ import annotations

import json
import shutil
from dataclasses import fields
from datetime import date

import orjson
import pytest
from click.testing import CliRunner

from cds_service import cli, settings
from cds_service.rxnorm import document, rrf
from cds_service.rxnorm.importing import folder_of, import_release
from opioids.formulary import load_formulary, released_products
from opioids.ndc import NdcBook
from opioids.products import UsualPurpose
from opioids.rxnorm_release import read_release
from tests.hooks.orders import order as written_order
from tests.rxnorm import Release, of_shipped_products, shipped_rows

# ---- small releases ----


def small():
    """Oxycodone in every kind of concept, a combination, a pack, naloxone, clonazepam and lisinopril."""
    release = Release()
    oxycodone = release.concept("IN", "oxycodone", 7804)
    salt = release.concept("PIN", "oxycodone hydrochloride", 82063)
    release.relation(salt, "form_of", oxycodone, back="has_form")
    acetaminophen = release.concept("IN", "acetaminophen", 161)
    both = release.concept("MIN", "acetaminophen / oxycodone", 214183)
    for one in (oxycodone, acetaminophen):
        release.relation(both, "has_part", one, back="part_of")
    five = release.component("oxycodone", "6 MG", "oxycodone hydrochloride")
    other = release.component("acetaminophen", "325 MG")
    plain = release.product("oxycodone hydrochloride 6 MG Oral Tablet", "Oral Tablet", [five], 101)
    combined = release.product(
        "acetaminophen 325 MG / oxycodone hydrochloride 6 MG Oral Tablet", "Oral Tablet", [other, five], 102
    )
    branded = release.branded(
        "acetaminophen 325 MG / oxycodone hydrochloride 6 MG Oral Tablet [Newcet]", "Newcet", combined, 103
    )
    branded_component = release.concept("SBDC", "acetaminophen 325 MG / oxycodone hydrochloride 6 MG [Newcet]", 104)
    for one in (five, other):
        release.relation(branded_component, "tradename_of", one, back="has_tradename")
    form = release.concept("SCDF", "oxycodone Oral Tablet", 105)
    release.relation(form, "has_ingredient", oxycodone, back="ingredient_of")
    release.relation(form, "has_dose_form", release.concept("DF", "Oral Tablet"), back="dose_form_of")
    precise = release.concept("SCDFP", "oxycodone hydrochloride Oral Tablet", 106)
    release.relation(precise, "has_ingredient", salt, back="ingredient_of")
    group = release.concept("SCDG", "oxycodone Pill", 107)
    release.relation(group, "has_ingredient", oxycodone)
    release.relation(group, "has_doseformgroup", release.concept("DFG", "Pill"))
    branded_form = release.concept("SBDF", "acetaminophen / oxycodone Oral Tablet [Newcet]", 108)
    release.relation(branded_form, "tradename_of", form, back="has_tradename")
    brand = release.concept("BN", "Newcet")
    release.relation(brand, "tradename_of", oxycodone)
    release.relation(brand, "tradename_of", acetaminophen)
    pack = release.concept("GPCK", "{10 (oxycodone hydrochloride 6 MG Oral Tablet) } Pack", 109)
    release.relation(pack, "contains", plain, back="contained_in")
    release.product(
        "oxycodone hydrochloride 7 MG Oral Tablet",
        "Oral Tablet",
        [release.component("oxycodone", "7 MG")],
        110,
        suppress="O",
    )
    release.product("oxycodone hydrochloride 8 MG Oral Tablet", "Oral Tablet", [five], 111, suppress="Y")
    release.product(
        "oxycodone 10 MG/ML Injectable Solution [for dogs]",
        "Injectable Solution",
        [release.component("oxycodone", "10 MG/ML")],
        112,
        animals=True,
    )
    release.concept("SCD", "hydromorphone hydrochloride 3 MG Oral Tablet", 113)
    spray = release.component("naloxone", "50 MG/ML")
    release.product("naloxone hydrochloride 50 MG/ML Nasal Spray", "Nasal Spray", [spray], 114)
    release.product("clonazepam 0.5 MG Oral Tablet", "Oral Tablet", [release.component("clonazepam", "0.5 MG")], 197527)
    lisinopril = release.product(
        "lisinopril 10 MG Oral Tablet", "Oral Tablet", [release.component("lisinopril", "10 MG")], 314076
    )
    new = release.concept("IN", "cebranopadol", 115)
    release.atom(new, "ATC", "PT", "N02AX99", "cebranopadol")
    release.atom(lisinopril, "MTHSPL", "DP", "x", "Zestril|"[:-1])
    release.product("cebranopadol 1 MG Oral Tablet", "Oral Tablet", [release.component("cebranopadol", "1 MG")], 116)
    add_ndcs(release, plain, combined, branded, lisinopril)
    release.attribute(plain, "RXN_VET_DRUG", "US")
    release.attribute(five, "RXN_STRENGTH", "RXNORM", sab="MTHSPL")
    return release


def add_ndcs(release, plain, combined, branded, lisinopril):
    """NDCs in use, of the past, given to two drugs, and of another source."""
    release.attribute(plain, "NDC", "00001000001")
    release.attribute(branded, "NDC", "0001-0000-02")
    release.attribute(combined, "NDC", "00001000003")
    release.attribute(plain, "NDC", "00001000003")
    release.attribute(plain, "NDC", "00001000004", suppress="O")
    release.attribute(plain, "NDC", "00001000002", suppress="O")
    release.attribute(lisinopril, "NDC", "00093015001")
    release.attribute(lisinopril, "NDC", "00093015002", sab="MTHSPL")
    release.attribute(197527, "NDC", "00093083201")


@pytest.fixture(scope="session")
def release_folder(tmp_path_factory):
    return small().write(tmp_path_factory.mktemp("release") / "rrf").parent


@pytest.fixture
def run(tmp_path):
    def invoke(folder, *more, output="f.json"):
        return CliRunner().invoke(cli.main, ["import-rxnorm", str(folder), "--output", str(tmp_path / output), *more])

    return invoke


@pytest.fixture
def copy(release_folder, tmp_path):
    return shutil.copytree(release_folder / "rrf", tmp_path / "copy")


@pytest.fixture(scope="session")
def formulary(release_folder):
    """The file that the command makes of the small release."""
    path = release_folder / "formulary.json"
    result = CliRunner().invoke(cli.main, ["import-rxnorm", str(release_folder), "--output", str(path)])
    assert result.exit_code == 0, result.output
    return path


@pytest.fixture(scope="session")
def imported(formulary):
    return read_release(formulary.read_text(encoding="utf-8"), "f.json")


def again(folder):
    """A release read once more, without the command around it."""
    return import_release(folder_of(folder), version=None, advance=lambda count: None)


# ---- what is taken ----


def told(imported):
    return {
        one.rxcui: (
            one.term_type.value,
            [(part.name, part.strength) for part in one.contents],
            one.dose_form,
            one.brand,
        )
        for one in imported.drugs
    }


def test_every_kind_of_concept_is_taken_with_what_it_is_made_of(imported):
    found = told(imported)
    oxycodone, apap = ("oxycodone", "6 MG"), ("acetaminophen", "325 MG")
    bare, plain = ("oxycodone", ""), ("acetaminophen", "")
    assert {rxcui: one for rxcui, one in found.items() if int(rxcui) < 9_000_000} == {
        "101": ("SCD", [oxycodone], "Oral Tablet", ""),
        "102": ("SCD", [apap, oxycodone], "Oral Tablet", ""),
        "103": ("SBD", [apap, oxycodone], "Oral Tablet", "Newcet"),
        "104": ("SBDC", [apap, oxycodone], "", "Newcet"),
        "105": ("SCDF", [bare], "Oral Tablet", ""),
        "106": ("SCDF", [bare], "", ""),
        "107": ("SCDG", [bare], "Pill", ""),
        "108": ("SBDF", [bare], "Oral Tablet", "Newcet"),
        "109": ("GPCK", [bare], "", ""),
        "110": ("SCD", [("oxycodone", "7 MG")], "Oral Tablet", ""),
        "112": ("SCD", [("oxycodone", "10 MG/ML")], "Injectable Solution", "for dogs"),
        "116": ("SCD", [("cebranopadol", "1 MG")], "Oral Tablet", ""),
        "82063": ("PIN", [bare], "", ""),
        "214183": ("MIN", [plain, bare], "", ""),
    }
    assert ("BN", [plain, bare], "", "") in found.values()
    assert ("SCDC", [oxycodone], "", "") in found.values()


def test_codes_out_of_use_and_products_for_animals_are_marked_and_suppressed_ones_left_out(imported):
    by_code = {one.rxcui: one for one in imported.drugs}
    assert [rxcui for rxcui, one in by_code.items() if one.retired] == ["110"]
    assert [rxcui for rxcui, one in by_code.items() if one.only_for_animals] == ["112"]
    assert "111" not in by_code


def test_ingredients_are_the_opioids_known_or_not(imported):
    assert imported.ingredients == {"7804": "oxycodone", "115": "cebranopadol"}


def test_names_are_kept_of_what_matters_and_of_what_has_lost_its_relations(imported):
    assert {rxcui: name for rxcui, name in imported.names.items() if int(rxcui) < 9_000_000} == {
        "113": "hydromorphone hydrochloride 3 MG Oral Tablet",
        "114": "naloxone hydrochloride 50 MG/ML Nasal Spray",
        "197527": "clonazepam 0.5 MG Oral Tablet",
    }


def test_ndcs_are_rxnorms_own_and_those_given_twice_are_left_out(imported):
    assert imported.ndcs == {"00001000001": "101", "00001000002": "103", "00001000004": "101", "00093083201": "197527"}
    assert imported.other_ndcs == "00093015001"
    assert NdcBook(imported.ndcs, imported.other_ndcs).find("0093-0150-01") == ""


def test_file_says_where_it_comes_from_and_under_which_licence(formulary):
    written = json.loads(formulary.read_text(encoding="utf-8"))
    assert "courtesy of the U.S. National Library of Medicine" in written["licence"]
    assert (written["version"], written["date"]) == ("20AA_251102F", "2025-11-02")
    assert [one["name"] for one in written["files"]] == ["RXNCONSO.RRF", "RXNREL.RRF", "RXNSAT.RRF"]
    assert all(len(one["sha256"]) == 64 for one in written["files"])


def test_same_release_gives_the_same_bytes_and_replaces_what_stood_there(run, release_folder, formulary, tmp_path):
    (tmp_path / "f.json").write_text("old", encoding="utf-8")
    assert run(release_folder).exit_code == 0
    assert (tmp_path / "f.json").read_bytes() == formulary.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["f.json"]


def test_either_direction_of_a_relation_serves(copy, imported):
    lines = (copy / "RXNREL.RRF").read_text(encoding="utf-8").splitlines(keepends=True)
    turned = ["|".join([*f[4:8][:1], *f[1:4], f[0], *f[5:]]) for f in (line.split("|") for line in lines)]
    (copy / "RXNREL.RRF").write_text("".join(turned), encoding="utf-8")
    assert again(copy).drugs == imported.drugs


@pytest.mark.parametrize("change", ["windows", "no last line break", "lower case"])
def test_harmless_differences_between_files_do_not_matter(change, copy, imported):
    for path in list(copy.glob("*.RRF")):
        text = path.read_bytes()
        if change == "windows":
            path.write_bytes(text.replace(b"\n", b"\r\n"))
        elif change == "no last line break":
            path.write_bytes(text.removesuffix(b"\n"))
        else:
            path.rename(path.with_name(path.name.lower()))
    found = again(copy)
    assert (found.drugs, found.names, found.ndcs) == (imported.drugs, imported.names, imported.ndcs)


def test_strength_is_read_from_the_name_where_no_attribute_tells_it(copy, imported):
    path = copy / "RXNSAT.RRF"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if "RXN_STRENGTH" not in line]
    path.write_text("".join(kept), encoding="utf-8")
    assert again(copy).drugs == imported.drugs


# ---- which release it is ----


@pytest.mark.parametrize(
    ("readme", "option", "version", "day"),
    [
        ("Readme_Full_11022025.txt", None, "2025-11-02", date(2025, 11, 2)),
        ("readme_prescribe_11022025.txt", None, "2025-11-02", date(2025, 11, 2)),
        ("", None, "not stated", None),
        ("Readme_Full_11022025.txt", "autumn", "autumn", None),
        ("Readme_Full_11022025.txt", "20AA_250106F", "20AA_250106F", date(2025, 1, 6)),
        ("Readme_Full_99992025.txt", None, "2025-99-99", None),
    ],
)
def test_release_without_rxnsab_is_told_by_its_readme_or_the_user(readme, option, version, day, copy):
    (copy / "RXNSAB.RRF").unlink()
    if readme:
        (copy.parent / readme).write_text("", encoding="utf-8")
    found = import_release(folder_of(copy), version=option, advance=lambda count: None)
    assert (found.version, found.day) == (version, day)


def test_version_may_be_given_on_the_command_line(release_folder, run, tmp_path):
    assert run(release_folder, "--release", "autumn").exit_code == 0
    written = json.loads((tmp_path / "f.json").read_text(encoding="utf-8"))
    assert (written["version"], written["date"]) == ("autumn", "")


def test_rxnsab_without_a_current_rxnorm_tells_nothing(copy):
    path = copy / "RXNSAB.RRF"
    path.write_text(path.read_text(encoding="utf-8").replace("|Y|Y|", "|N|N|"), encoding="utf-8")
    assert again(copy).version == "not stated"


# ---- what is refused ----


@pytest.mark.parametrize(
    ("name", "keep", "message"),
    [
        *(
            (name, lambda text: text[:-20], "the file is cut off in this line")
            for name in ("RXNCONSO.RRF", "RXNSAT.RRF")
        ),
        ("RXNREL.RRF", lambda text: text[: len(text) // 2 - 3], "the file is cut off in this line"),
        ("RXNSAT.RRF", lambda text: b"", "the file is empty"),
        (
            "RXNCONSO.RRF",
            lambda text: text.replace(b"|ENG|", b"|", 1),
            "expected 18 columns, each ended by a bar, found 17",
        ),
        ("RXNREL.RRF", lambda text: text.replace(b"|N|4096|", b"|N|4096", 1), "expected 16 columns"),
        (
            "RXNREL.RRF",
            lambda text: text.replace(b"|4096|\n", b"|4096\n|", 1),
            "line 1: expected 16 columns, each ended by a bar, found 15",
        ),
        ("RXNSAT.RRF", lambda text: b"a,b,c\n1,2,3\n", "expected 13 columns, each ended by a bar, found 0"),
        ("RXNCONSO.RRF", lambda text: bytes(range(1, 255)).replace(b"\n", b"") * 1000, "the line has no end"),
        ("RXNCONSO.RRF", lambda text: text.replace(b"|RXNORM|", b"|NDDF|"), "no product of RxNorm"),
        ("RXNCONSO.RRF", lambda text: text.replace(b"7804|ENG", b"x|ENG", 1), "line 1: expected an RxCUI, found 'x'"),
        ("RXNCONSO.RRF", lambda text: text.replace(b"oxycodone", b"oxycod\xff", 1), "the name is no UTF-8 text"),
        (
            "RXNREL.RRF",
            lambda text: text.replace(b"|has_", b"|had_").replace(b"_of|", b"_off|").replace(b"con", b"c"),
            "are both files whole",
        ),
        ("RXNSAB.RRF", lambda text: text[:-4], "the file is cut off in this line"),
    ],
)
def test_file_that_is_cut_off_or_foreign_is_refused_with_its_path_and_line(name, keep, message, copy, run, tmp_path):
    (copy / name).write_bytes(keep((copy / name).read_bytes()))
    result = run(copy)
    assert result.exit_code == 2
    assert f"{copy / name}: line " in result.output
    assert message in result.output
    assert not (tmp_path / "f.json").exists()


def test_line_at_fault_is_counted_across_blocks(copy, run, monkeypatch):
    monkeypatch.setattr(rrf, "BLOCK", 64)
    lines = (copy / "RXNCONSO.RRF").read_text(encoding="utf-8").splitlines(keepends=True)
    lines[10] = lines[10].replace("|", "", 1)
    (copy / "RXNCONSO.RRF").write_text("".join(lines), encoding="utf-8")
    assert f"{copy / 'RXNCONSO.RRF'}: line 11: expected 18 columns" in run(copy).output


def test_files_of_two_releases_are_refused(copy, run):
    other = Release()
    other.product("lisinopril 10 MG Oral Tablet", "Oral Tablet", [other.component("lisinopril", "10 MG")])
    (copy / "RXNCONSO.RRF").write_text("".join(f"{line}\n" for line in other.conso), encoding="utf-8")
    result = run(copy)
    assert result.exit_code == 2
    assert "are both files whole, and of one release?" in result.output


def test_release_without_opioids_is_found_wanting(tmp_path, run):
    release = Release()
    release.product("lisinopril 10 MG Oral Tablet", "Oral Tablet", [release.component("lisinopril", "10 MG")])
    result = run(release.write(tmp_path / "rrf"))
    assert result.exit_code == 1
    assert "no opioid in this release" in result.output
    assert not (tmp_path / "f.json").exists()


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([], "no RXNCONSO.RRF, RXNREL.RRF, RXNSAT.RRF"),
        (["RXNCONSO.RRF", "RXNSAT.RRF"], "no RXNREL.RRF"),
        (["RxNorm_full_11022025.zip"], "unpack RxNorm_full_11022025.zip first"),
    ],
)
def test_folder_that_is_no_release_says_what_is_missing(files, message, tmp_path, run):
    folder = tmp_path / "folder"
    assert run(folder).exit_code == 2, "nor is one that is not there"
    folder.mkdir()
    for name in files:
        (folder / name).write_text("", encoding="utf-8")
    result = run(folder)
    assert result.exit_code == 2
    assert message in result.output


def test_output_that_cannot_be_written_is_said_and_leaves_nothing(release_folder, run, tmp_path):
    result = run(release_folder, output="nowhere/f.json")
    assert result.exit_code == 2
    assert result.stderr.endswith(f"{tmp_path}/nowhere/f.json: No such file or directory\n")
    assert list(tmp_path.iterdir()) == []


def test_formulary_that_stood_there_stays_when_writing_fails(imported, tmp_path, monkeypatch):
    (tmp_path / "f.json").write_bytes(b"before")

    def broken(release):
        yield "{"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(document, "lines", broken)
    with pytest.raises(OSError, match="No space left"):
        document.write(imported, tmp_path / "f.json")
    assert (tmp_path / "f.json").read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["f.json"]


# ---- the summary ----


def test_summary_tells_what_was_taken_and_what_was_not(run, tmp_path):
    release = small()
    release.product("oxycodone 5 MG Oral Wafer", "Oral Wafer", [release.component("oxycodone", "5 MG")])
    fifty = release.component("oxycodone", "50 MG")
    release.product("oxycodone hydrochloride 50 MG Oral Tablet", "Oral Tablet", [fifty], 1049621)
    for number in range(12):
        release.product(f"oxycodone 5 MG Form {number}", f"Form {number}", [release.component("oxycodone", "5 MG")])
    lines = run(release.write(tmp_path / "rrf")).output.splitlines()
    assert any(line.endswith("f.json: RxNorm 20AA_251102F") for line in lines)
    assert "  20 products with an opioid; 6 are new here" in lines
    assert "    cebranopadol" in lines
    assert "    dose form Oral Wafer: 1" in lines
    assert "    and 3 more" in lines
    assert "    1049621 oxycodone hydrochloride 5 MG Oral Tablet" in lines


# ---- the shipped products, as RxNorm would hold them ----


def test_rules_for_imported_products_give_every_shipped_product(tmp_path):
    shipped, made = load_formulary().products, released_products(again(of_shipped_products().write(tmp_path)))
    different = {}
    for rxcui in {row["rxcui"] for row in shipped_rows()}:
        one, other = shipped[rxcui], made[rxcui]
        names = {field.name for field in fields(one)} - {"components"}
        found = [name for name in names if getattr(one, name) != getattr(other, name)]
        parts, others = (
            [(part.ingredient.name, part.strength) for part in product.components] for product in (one, other)
        )
        if found or parts != others:
            different[one.name] = found
    assert different == {}
    assert sum(one.usual_purpose is UsualPurpose.OPIOID_USE_DISORDER for one in made.values()) > 50


# ---- the service and the calculator with it ----


@pytest.fixture
def ordered(tmp_path):
    def write(system, code):
        medication = {"coding": [{"system": system, "code": code}]}
        written = written_order("a", "", subject=..., authoredOn=..., medicationCodeableConcept=medication)
        (tmp_path / "o.json").write_bytes(orjson.dumps(written))
        return str(tmp_path / "o.json")

    return write


RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
NDC = "http://hl7.org/fhir/sid/ndc"


def calculated(*arguments):
    return CliRunner().invoke(cli.main, ["mme", *arguments, "--json"])


@pytest.mark.parametrize(
    ("system", "code", "mme"), [(RXNORM, "101", 18), (NDC, "0001-0000-01", 18), (RXNORM, "1049621", 15)]
)
def test_calculator_knows_the_products_of_an_imported_formulary(system, code, mme, ordered, formulary):
    result = calculated(ordered(system, code), "--formulary", str(formulary))
    assert json.loads(result.stdout)["mmePerDay"]["maximum"] == mme


def test_calculator_knows_the_ndcs_of_the_hospitals_own_list(ordered, tmp_path):
    (tmp_path / "n.csv").write_text("ndc,rxcui\n0406-0552-01,1049621\n", encoding="utf-8")
    order = ordered(NDC, "00406-0552-01")
    assert json.loads(calculated(order).stdout)["complete"] is False
    assert json.loads(calculated(order, "--ndc", str(tmp_path / "n.csv")).stdout)["mmePerDay"]["maximum"] == 15


@pytest.mark.parametrize(
    ("option", "content", "message"),
    [
        ("--formulary", b"{}", "expected a file made by opioid-cds import-rxnorm"),
        ("--formulary", b"\xff", "not UTF-8 text"),
        ("--formulary", None, "No such file or directory"),
        ("--ndc", b"a,b\n", "line 1: expected the columns ndc and rxcui"),
    ],
)
def test_file_that_cannot_be_used_is_named(option, content, message, ordered, tmp_path):
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    result = calculated(ordered(RXNORM, "101"), option, str(path))
    assert result.exit_code == 2
    assert f"{path}: " in result.output
    assert message in result.output


def test_taper_takes_the_same_files(ordered, tmp_path):
    result = CliRunner().invoke(cli.main, ["taper", ordered(RXNORM, "101"), "--formulary", str(tmp_path / "none")])
    assert (result.exit_code, f"{tmp_path / 'none'}: No such file" in result.output) == (2, True)


def configured(**given):
    environment = {f"OPIOID_CDS_{name}": value for name, value in given.items()}
    return settings.load(None, {"OPIOID_CDS_DATABASE__URL": "sqlite://", **environment})


def test_service_loads_the_formulary_of_the_settings_and_says_so_or_that_there_is_none(formulary, put_up):
    plain = put_up(configured()).test_client().get("/about", headers={"Accept": "application/json"})
    assert plain.json["formulary"]["imported"] is None
    client = put_up(configured(FORMULARY__FILE=str(formulary))).test_client()
    told = client.get("/about", headers={"Accept": "application/json"}).json["formulary"]
    assert told["opioidProducts"] == len(load_formulary().products) + 6
    assert (told["imported"]["version"], told["imported"]["date"]) == ("20AA_251102F", "2025-11-02")
    assert [one["name"] for one in told["imported"]["files"]] == ["RXNCONSO.RRF", "RXNREL.RRF", "RXNSAT.RRF"]
    assert b"RxNorm 20AA_251102F imported by this site" in client.get("/about", headers={"Accept": "text/html"}).data


@pytest.mark.parametrize("key", ["file", "ndc_file"])
@pytest.mark.parametrize("command", ["check-config", "serve"])
def test_settings_that_name_a_file_that_cannot_be_used_are_refused(key, command, tmp_path):
    (tmp_path / "cds.toml").write_text(f'[formulary]\n{key} = "{tmp_path}/none"\n', encoding="utf-8")
    arguments = [str(tmp_path / "cds.toml")] if command == "check-config" else ["--config", str(tmp_path / "cds.toml")]
    result = CliRunner().invoke(cli.main, [command, *arguments])
    assert result.exit_code == 1
    assert f"formulary.{key}" in result.output
    assert "No such file or directory" in result.output
