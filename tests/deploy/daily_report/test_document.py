"""A report as a document and as files: what it says, whether it holds together, and the same bytes each time."""

import csv
import io
import json
from datetime import date, time, timedelta
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from deploy.daily_report.checks import checks
from deploy.daily_report.document import canonical, changes, checksum
from deploy.daily_report.figures import FIGURES, NAMES, average
from deploy.daily_report.files import file_bytes
from deploy.daily_report.span import due_at, midnight, span_of
from deploy.user_error import UserError
from tests.deploy.daily_report.samples import DAY, PROVINCE, sample_document, sample_figures


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"persons": 920_000}, "scans >= persons"),
        ({"points_active": 910_001, "points": 910_001}, "scans >= points_active"),
        ({"persons": 0}, "scans, persons and points_active are 0 together"),
        ({"points": 25}, "points >= points_new"),
        ({"pass_denials": 4_551}, "scans >= checkpoint_scans >= denials >= pass_denials"),
        ({"late": 901_000}, "scans >= late + entered"),
        ({"symptomatic": 182_001}, "declarations >= symptomatic"),
        ({"updates_missing": 9_101}, "updates_due >= updates_missing"),
        ({"scans": 910_001}, "the province is the sum of its districts"),
        ({"persons": 460_000}, "persons of the province: at least a district's, at most all districts'"),
        ({"points_active": 5_199}, "points_active of the province: at least a district's, at most all districts'"),
        ({"declarations": 181_990}, "declarations are the sum over apps"),
    ],
)
def test_a_check_names_what_does_not_hold(wrong: dict[str, int], name: str) -> None:
    assert all(check.holds for check in checks(sample_figures(), exact=False))
    figures = sample_figures()
    figures.areas[DAY][0].update(wrong)  # type: ignore[attr-defined]  # the test spoils what nobody else may change
    (broken,) = [check for check in checks(figures, exact=False) if check.name == name]
    assert str(DAY) in broken.broken[0] or "area 0" in broken.broken[0]
    assert sample_document(figures)["sound"] is False


def test_estimated_persons_may_be_a_little_more_than_scans() -> None:
    figures = sample_figures(persons=913_000)
    first = "scans >= persons"
    assert first not in {check.name for check in checks(figures, exact=False) if not check.holds}
    assert first in {check.name for check in checks(figures, exact=True) if not check.holds}


def test_the_week_is_averaged_from_its_first_day_with_anything_in_it() -> None:
    figures = sample_figures()
    for back in (5, 6, 7):
        for row in figures.areas[DAY - timedelta(days=back)].values():
            row.update(dict.fromkeys(NAMES, 0))  # type: ignore[attr-defined]  # as above
    four = [figures.areas[DAY - timedelta(days=back)][0]["scans"] for back in (1, 2, 3, 4)]
    week = average(figures, 0)
    assert week is not None
    assert week["scans"] == sum(four) / 4


def test_a_restated_report_tells_what_changed() -> None:
    first = sample_document(sample_figures())
    figures = sample_figures()
    figures.areas[DAY][436].update(late=7)  # type: ignore[attr-defined]  # as above
    second = sample_document(figures, previous=first, hours=40)
    before = first["areas"][1]["figures"]["late"]
    assert (first["version"], first["changes"], second["version"]) == (1, [], 2)
    assert second["changes"] == [
        {
            "area": PROVINCE,
            "figure": "until",
            "before": "2021-08-05T16:00:00+07:00",
            "after": "2021-08-06T00:00:00+07:00",
        },
        {"area": 436, "figure": "late", "before": before, "after": 7},
    ]
    assert list(changes(second, second)) == []
    assert checksum(second) == second["sha256"] != first["sha256"]


def test_the_same_document_is_the_same_bytes_and_nothing_in_the_files_tells_when_they_were_made() -> None:
    document = sample_document(sample_figures())
    files = file_bytes(document)
    assert files == file_bytes(json.loads(canonical(document)))
    with ZipFile(io.BytesIO(files["daily-42-2021-08-05-v1.xlsx"])) as book:
        assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert book.read("docProps/core.xml").count(b"2021-08-05T16:00:00Z") == 2


def test_the_table_has_a_line_for_each_area_and_says_what_the_document_says() -> None:
    document = sample_document(sample_figures())
    text = file_bytes(document)["daily-42-2021-08-05-v1.csv"].decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [int(line["code"]) for line in lines] == [area["code"] for area in document["areas"]]
    for line, area in zip(lines, document["areas"], strict=True):
        assert {name: int(line[name]) for name in NAMES} == area["figures"]
        assert {name: float(line[f"{name}_week_average"]) for name in NAMES} == area["week_average"]
        assert int(line["declarations_ncovi"]) == area["declarations_by_app"]["NCOVI"]
        assert float(line["late_share"]) == area["late_share"]


def test_the_workbook_opens_with_its_plots_over_the_figures_they_show() -> None:
    document = sample_document(sample_figures())
    book = load_workbook(io.BytesIO(file_bytes(document)["daily-42-2021-08-05-v1.xlsx"]))
    assert book.sheetnames == ["Báo cáo", "Ngày", "Huyện", "Ứng dụng", "Kiểm tra"]
    first = book["Báo cáo"]
    assert first["A1"].value == "Báo cáo ngày 05/08/2021: Tỉnh Hà Tĩnh"
    shown = {row[5]: row[1] for row in first.iter_rows(min_row=6, max_row=5 + len(FIGURES), values_only=True)}
    assert shown == document["areas"][0]["figures"]
    for page in book:
        fit = page.sheet_properties.pageSetUpPr
        assert fit is not None
        assert (page.page_setup.orientation, fit.fitToPage) == ("landscape", True)
    plotted = []
    for chart in first._charts:  # type: ignore[attr-defined]  # openpyxl reads charts back only here
        for series in chart.series:
            sheet, _, cells = series.val.numRef.f.replace("'", "").replace("$", "").partition("!")
            head = series.tx.strRef.f.replace("'", "").replace("$", "").partition("!")[2]
            values = [cell.value for (cell,) in book[sheet][cells]]
            assert all(isinstance(value, int) for value in values)
            plotted.append((sheet, book[sheet][head].value, len(values)))
    assert ("Ngày", "Lượt quét", 8) in plotted
    assert ("Huyện", "Lượt quét", 13) in plotted
    assert ("Ứng dụng", "Tỉnh Hà Tĩnh", 3) in plotted


def test_a_day_is_vietnams_and_the_report_is_due_at_17_there() -> None:
    assert due_at(date(2021, 8, 5)).isoformat() == "2021-08-05T10:00:00+00:00"
    whole = span_of(DAY, as_of=midnight(DAY) + timedelta(hours=30))
    part = span_of(DAY, as_of=midnight(DAY) + timedelta(hours=30), until=time(16, 20))
    assert (whole.seconds, whole.is_whole, part.seconds, part.is_whole) == (86_400, True, 58_800, False)
    with pytest.raises(UserError, match="The 05/08/2021 begins after 23:59 04/08/2021"):
        span_of(DAY, as_of=midnight(DAY) - timedelta(minutes=1))


def test_the_province_is_named_and_so_is_every_district() -> None:
    document = sample_document(sample_figures())
    assert (document["province"], document["province_name"]) == (PROVINCE, "Tỉnh Hà Tĩnh")
    assert len({area["name"] for area in document["areas"]}) == 14
