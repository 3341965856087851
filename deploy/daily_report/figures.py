"""The figures of a report: what they are called, and one row of them for each area and day. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from deploy.daily_report.span import COMPARED_DAYS

#: Code of the whole province among its areas.
PROVINCE = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure: its name in JSON and CSV, and its heading for readers in Vietnam."""

    name: str
    heading: str


FIGURES: tuple[Figure, ...] = (
    Figure(name="points", heading="Điểm quét đã đăng ký"),
    Figure(name="points_new", heading="Điểm mới trong ngày"),
    Figure(name="points_active", heading="Điểm có lượt quét"),
    Figure(name="scans", heading="Lượt quét"),
    Figure(name="persons", heading="Số người"),
    Figure(name="declarations", heading="Tờ khai y tế"),
    Figure(name="symptomatic", heading="Người có triệu chứng"),
    Figure(name="updates_due", heading="Người cách ly phải cập nhật"),
    Figure(name="updates_missing", heading="Chưa cập nhật sức khỏe"),
    Figure(name="checkpoint_scans", heading="Lượt qua chốt"),
    Figure(name="denials", heading="Không cho qua chốt"),
    Figure(name="pass_denials", heading="Do giấy đi đường"),
    Figure(name="late", heading="Lượt đến muộn"),
    Figure(name="entered", heading="Lượt nhập từ giấy"),
)
NAMES = tuple(figure.name for figure in FIGURES)
#: Of all provinces together.
ARRIVALS = ("dead_letters", "landed", "unplaced")

Row = Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All figures of a province: `areas[day][area]`, for the day and those it is compared with, newest first.

    Every day has a row for every area. `apps[area]` are the day's declarations by app, `arrivals` what arrived that day
    in all provinces.
    """

    areas: Mapping[date, Mapping[int, Row]]
    apps: Mapping[int, Row]
    arrivals: Row

    @property
    def days(self) -> list[date]:
        """Return the days, newest first."""
        return list(self.areas)


def gather(
    day: date,
    districts: Sequence[int],
    *,
    by_area: Iterable[Mapping[str, Any]],
    by_app: Iterable[Mapping[str, Any]],
    arrivals: Mapping[str, Any],
) -> Figures:
    """Return the figures in rows of the views of migration 0059; what no row tells is 0.

    `by_area` rows have `day`, `area` and some figures, `by_app` rows `area`, `app` and `declarations` of `day`, and
    `arrivals` those of ARRIVALS. A district that is not in `districts` is added at their end.
    """
    rows = list(by_area)
    others = sorted({int(row["area"]) for row in rows} - {PROVINCE, *districts})
    codes = [PROVINCE, *districts, *others]
    days = [day - timedelta(days=back) for back in range(COMPARED_DAYS + 1)]
    areas = {one: {code: dict.fromkeys(NAMES, 0) for code in codes} for one in days}
    for row in rows:
        areas[row["day"]][int(row["area"])].update({name: int(row[name]) for name in NAMES if name in row})
    apps: dict[int, dict[str, int]] = {code: {} for code in codes}
    for row in by_app:
        apps[int(row["area"])][row["app"]] = int(row["declarations"])
    return Figures(areas=areas, apps=apps, arrivals={name: int(arrivals[name]) for name in ARRIVALS})


def average(figures: Figures, area: int) -> dict[str, float] | None:
    """Return each figure's mean over the days compared with, from the first one the province has scans or reports of.

    To one decimal; None where there is no such day.
    """
    earlier = figures.days[1:]
    known = [one for one in earlier if _happened(figures.areas[one][PROVINCE])]
    if not known:
        return None
    counted = [one for one in earlier if one >= min(known)]
    return {name: round(sum(figures.areas[one][area][name] for one in counted) / len(counted), 1) for name in NAMES}


def _happened(row: Row) -> bool:
    return row["scans"] > 0 or row["declarations"] > 0 or row["updates_due"] > 0


def share(part: int, whole: int) -> float | None:
    """Return a share to four decimals; None of nothing."""
    return round(part / whole, 4) if whole else None


def is_empty(figures: Figures) -> bool:
    """True where there is nothing to report of: no place, no scan, no report, on no day."""
    return not any(any(areas[PROVINCE].values()) for areas in figures.areas.values())
