"""The sheets of a report's workbook. Each function adds one and returns it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.formatting.rule import DataBar, FormatObject, Rule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from deploy.daily_report.charts import ALARMING, ALSO_TOLD, COMPARED, TOLD, bars, lines
from deploy.daily_report.document import Document
from deploy.daily_report.figures import FIGURES, NAMES
from deploy.daily_report.span import shown
from schemas.enums import SourceApp

_TITLE, _BOLD, _HEAD = Font(bold=True, size=14), Font(bold=True), Font(bold=True, color="FFFFFF")
_GREY = Font(color="7F7F7F", size=9)
_HEAD_FILL = PatternFill("solid", fgColor="1F3864")
_WARNING_FILL = PatternFill("solid", fgColor="F8CBAD")
_NUMBER, _ONE_DECIMAL, _PERCENT = "#,##0", "#,##0.0", "0.0%"
#: Rows of headings above every table: in Vietnamese, and the name in JSON and CSV.
_HEAD_ROW, _NAME_ROW, _FIRST_ROW = 1, 2, 3


def add_days(book: Workbook, document: Document) -> Worksheet:
    """Add the province's figures of eight days, oldest first."""
    sheet: Worksheet = book.create_sheet("Ngày")
    _head(sheet, ["Ngày", *(figure.heading for figure in FIGURES)], ["day", *NAMES])
    for day in document["days"]:
        _row(sheet, [f"{date.fromisoformat(day['day']):%d/%m}", *(day[name] for name in NAMES)])
    _finish(sheet, first_width=10)
    return sheet


def add_districts(book: Workbook, document: Document) -> Worksheet:
    """Add the figures of every district, the province last, with bars in the cells."""
    sheet: Worksheet = book.create_sheet("Huyện")
    headings = ["Địa phương", *(figure.heading for figure in FIGURES), "Lượt quét hôm qua", "Tỷ lệ điểm hoạt động"]
    _head(sheet, [*headings, "Tỷ lệ đến muộn"], ["name", *NAMES, "scans_yesterday", "active_share", "late_share"])
    province, *districts = document["areas"]
    for area in [*districts, province]:
        told = [area["figures"][name] for name in NAMES]
        shares = [area["active_share"], area["late_share"]]
        _row(sheet, [area["name"], *told, area["yesterday"]["scans"], *shares])
    last = sheet.max_row
    for cell in sheet[last]:
        cell.font = _BOLD
    for column in range(2, sheet.max_column + 1):
        letter = get_column_letter(column)
        share = column > len(NAMES) + 2
        for row in range(_FIRST_ROW, last + 1):
            sheet.cell(row=row, column=column).number_format = _PERCENT if share else _NUMBER
        if last > _FIRST_ROW:
            low, high = FormatObject(type="num", val=0), FormatObject(type="max")
            bar = Rule(type="dataBar", dataBar=DataBar(cfvo=[low, high], color=_bar_colour(column)))
            sheet.conditional_formatting.add(f"{letter}{_FIRST_ROW}:{letter}{last - 1}", bar)
    _finish(sheet, first_width=26)
    return sheet


def add_apps(book: Workbook, document: Document) -> Worksheet:
    """Add the day's declarations of the province and its districts by app; apps are rows."""
    sheet: Worksheet = book.create_sheet("Ứng dụng")
    areas = document["areas"]
    _head(sheet, ["Ứng dụng", *(area["name"] for area in areas)], ["app", *(str(area["code"]) for area in areas)])
    used = {app.name for app in SourceApp for area in areas if area["declarations_by_app"].get(app.name)}
    for app in sorted(used, key=lambda name: -areas[0]["declarations_by_app"].get(name, 0)):
        _row(sheet, [app, *(area["declarations_by_app"].get(app, 0) for area in areas)])
    _finish(sheet, first_width=18)
    return sheet


def add_checks(book: Workbook, document: Document) -> Worksheet:
    """Add which checks hold, what changed since the last version, and what the report is of."""
    sheet: Worksheet = book.create_sheet("Kiểm tra")
    _head(sheet, ["Điều phải đúng", "Kết quả", "Chỗ sai"], ["checks.name", "checks.holds", "checks.broken"])
    for check in document["checks"]:
        _row(sheet, [check["name"], "Đúng" if check["holds"] else "SAI", "; ".join(check["broken"])[:1_000]])
        if not check["holds"]:
            sheet.cell(row=sheet.max_row, column=2).fill = _WARNING_FILL
    names = {area["code"]: area["name"] for area in document["areas"]}
    headings = {figure.name: figure.heading for figure in FIGURES} | {"until": "Số liệu đến"}
    sheet.append([])
    sheet.append(["Thay đổi so với phiên bản trước", "Số liệu", "Trước", "Nay"])
    for cell in sheet[sheet.max_row]:
        cell.font = _BOLD
    for change in document["changes"]:
        sheet.append([names[change["area"]], headings[change["figure"]], change["before"], change["after"]])
    if not document["changes"]:
        sheet.append(["Không có" if document["version"] > 1 else "Đây là phiên bản đầu tiên"])
    sheet.append([])
    sheet.append(["SHA-256 của tài liệu JSON", document["sha256"]])
    for letter, width in (("A", 60), ("B", 28), ("C", 28), ("D", 28)):
        sheet.column_dimensions[letter].width = width
    _print_one_page_wide(sheet)
    return sheet


def add_summary(
    book: Workbook, document: Document, *, days: Worksheet, districts: Worksheet, apps: Worksheet
) -> Worksheet:
    """Add the first page: the province's figures against yesterday and the week, and plots of the other sheets."""
    sheet: Worksheet = book.create_sheet("Báo cáo")
    province = document["areas"][0]
    day = date.fromisoformat(document["day"])
    sheet.append([f"Báo cáo ngày {day:%d/%m/%Y}: {document['province_name']}"])
    sheet["A1"].font = _TITLE
    sheet.append([_subtitle(document)])
    sheet["A2"].font = _GREY
    if not document["sound"]:
        sheet["A3"] = "CẢNH BÁO: có kiểm tra không đạt, xem trang Kiểm tra trước khi dùng số liệu."
        sheet["A3"].font, sheet["A3"].fill = _BOLD, _WARNING_FILL
    head = 5
    for column, text in enumerate(
        ["Số liệu", "Hôm nay", "Hôm qua", "Chênh lệch", "Trung bình 7 ngày", "name"], start=1
    ):
        _heading(sheet.cell(row=head, column=column, value=text))
    week = province["week_average"] or {}
    for row, figure in enumerate(FIGURES, start=head + 1):
        told, before = province["figures"][figure.name], province["yesterday"][figure.name]
        for column, value in enumerate([figure.heading, told, before, told - before, week.get(figure.name)], start=1):
            sheet.cell(row=row, column=column, value=value).number_format = _NUMBER
        sheet.cell(row=row, column=4).number_format = "+#,##0;-#,##0;0"
        sheet.cell(row=row, column=5).number_format = _ONE_DECIMAL
        sheet.cell(row=row, column=6, value=figure.name).font = _GREY
    row = head + len(FIGURES) + 2
    for text, value in _shares(document):
        sheet.cell(row=row, column=1, value=text)
        sheet.cell(row=row, column=2, value=value).number_format = _PERCENT if isinstance(value, float) else _NUMBER
        row += 1
    for letter, width in (("A", 40), ("B", 12), ("C", 12), ("D", 12), ("E", 18), ("F", 18)):
        sheet.column_dimensions[letter].width = width
    _plot(sheet, days=days, districts=districts, apps=apps)
    sheet.sheet_view.showGridLines = False
    _print_one_page_wide(sheet)
    return sheet


def _plot(sheet: Worksheet, *, days: Worksheet, districts: Worksheet, apps: Worksheet) -> None:
    of_days, of_districts = (_FIRST_ROW, days.max_row), (_FIRST_ROW, districts.max_row - 1)
    scans, people, active, points, missing = (
        NAMES.index(name) + 2 for name in ("scans", "persons", "points_active", "points", "updates_missing")
    )
    yesterday = len(NAMES) + 2
    week = lines(days, "Lượt quét và số người, 8 ngày", {scans: TOLD, people: ALSO_TOLD}, rows=of_days, head=_HEAD_ROW)
    sheet.add_chart(week, "H1")
    if of_districts[1] >= of_districts[0]:
        for place, title, columns in (
            ("H19", "Lượt quét theo huyện, so với hôm qua", {scans: TOLD, yesterday: COMPARED}),
            ("S19", "Điểm quét: đã đăng ký và có lượt quét", {points: COMPARED, active: TOLD}),
            ("A28", "Người cách ly chưa cập nhật sức khỏe", {missing: ALARMING}),
        ):
            sheet.add_chart(bars(districts, title, columns, rows=of_districts, head=_HEAD_ROW, lying=True), place)
    if apps.max_row >= _FIRST_ROW:
        by_app = bars(apps, "Tờ khai theo ứng dụng", {2: TOLD}, rows=(_FIRST_ROW, apps.max_row), head=_HEAD_ROW)
        sheet.add_chart(by_app, "S1")


def _subtitle(document: Document) -> str:
    until, as_of, due = (datetime.fromisoformat(document[name]) for name in ("until", "as_of", "due_at"))
    people = "đếm chính xác" if document["persons_are"] == "counted" else "ước lượng (sai số dưới 0,5 %)"
    return (
        f"Phiên bản {document['version']}; số liệu đến {shown(until)} theo dữ liệu nhận được đến {shown(as_of)}; "
        f"phải gửi trước {shown(due)}; số người: {people}."
    )


def _shares(document: Document) -> list[tuple[str, Any]]:
    province, arrivals = document["areas"][0], document["all_provinces"]
    return [
        ("Tỷ lệ điểm có lượt quét", province["active_share"]),
        ("Tỷ lệ lượt đến muộn (không kể nhập từ giấy)", province["late_share"]),
        ("Bản tin bị loại, tất cả các tỉnh", arrivals["dead_letters"]),
        ("Tỷ lệ bản tin bị loại, tất cả các tỉnh", arrivals["dead_letter_share"]),
        ("Lượt quét tại điểm chưa đăng ký, tất cả các tỉnh", arrivals["unplaced"]),
    ]


def _bar_colour(column: int) -> str:
    alarming = {NAMES.index(name) + 2 for name in ("symptomatic", "updates_missing", "denials", "pass_denials", "late")}
    return f"FF{ALARMING if column in alarming else TOLD}"


def _print_one_page_wide(sheet: Worksheet) -> None:
    """Have a sheet printed on lying A4 paper, with all of its columns on each page."""
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _head(sheet: Worksheet, headings: Sequence[str], names: Sequence[str]) -> None:
    sheet.append(list(headings))
    sheet.append(list(names))
    for cell in sheet[_HEAD_ROW]:
        _heading(cell)
    for cell in sheet[_NAME_ROW]:
        cell.font = _GREY


def _heading(cell: Any) -> None:
    cell.font, cell.fill = _HEAD, _HEAD_FILL
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")


def _row(sheet: Worksheet, values: Sequence[object]) -> None:
    sheet.append(list(values))
    for cell in sheet[sheet.max_row]:
        cell.number_format = _NUMBER


def _finish(sheet: Worksheet, *, first_width: int) -> None:
    sheet.freeze_panes = f"B{_FIRST_ROW}"
    sheet.row_dimensions[_HEAD_ROW].height = 45
    sheet.column_dimensions["A"].width = first_width
    for column in range(2, sheet.max_column + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 14
    _print_one_page_wide(sheet)
