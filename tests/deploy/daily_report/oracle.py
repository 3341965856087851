"""The figures of a daily report, counted slowly over a world's rows."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from deploy.daily_report.span import Span, midnight
from tests.deploy.daily_report.world import AREAS, PROVINCE, Row, World

_LOCAL = timedelta(hours=7)
_DAY = timedelta(days=1)


def _day(moment: datetime) -> date:
    return (moment + _LOCAL).date()


@dataclass
class Oracle:
    """What was known of a world by the span's `as_of`."""

    world: World
    span: Span

    def __post_init__(self) -> None:
        """Find what corrections had withdrawn: those nobody had withdrawn in turn."""
        told = [row for row in self.world["corrections"] if row["logged_at"] <= self.span.as_of]
        about = {row["corrects"] for row in told}
        by_event: dict[bytes, list[Row]] = {event: [] for event in about}
        for row in told:
            by_event[row["corrects"]].append(row)

        def stands(row: Row) -> bool:
            return not any(stands(other) for other in by_event.get(row["event_id"], []))

        self._withdrawn = {row["corrects"] for row in told if stands(row)}

    def days(self) -> list[date]:
        """Return the day and the seven before."""
        return [self.span.day - back * _DAY for back in range(8)]

    def row(self, day: date, area: int) -> dict[str, int]:
        """Return all figures of an area (0: the province) on a day."""
        scans = [row for row in self._known("scans", day, area) if row["verdict"] == "ACCEPTED"]
        checkpoint = [row for row in scans if row["feed"] == "checkpoint"]
        denied = [row for row in checkpoint if row["decision"] == "DENY"]
        by_devices = [row for row in scans if row["capture_mode"] not in ("PAPER", "ASSISTED")]
        declared = self._declared(day, area)
        due = self._due(day, area)
        person = self._people()
        updates = [row["subject"] for row in self._known("health_updates", day) if row["status"] == "SUBMITTED"]
        heard = {person.get(subject, subject) for subject in updates}
        points = self._points(day, area)
        return {
            "points": len(points),
            "points_new": sum(_day(since) == day for since in points),
            "points_active": len({row["place_id"] for row in scans}),
            "scans": len(scans),
            "persons": len({row["subject"] for row in scans}),
            "declarations": len(declared),
            "symptomatic": len({row["subject"] for row in declared if row["symptoms"]}),
            "updates_due": len(due),
            "updates_missing": len(due - heard),
            "checkpoint_scans": len(checkpoint),
            "denials": len(denied),
            "pass_denials": sum(row["decision_reason"] in ("NO_PASS", "EXPIRED", "MISMATCH") for row in denied),
            "late": sum(row["lateness"] != "ON_TIME" for row in by_devices),
            "entered": len(scans) - len(by_devices),
        }

    def apps(self, area: int) -> dict[str, int]:
        """Return the day's declarations by app."""
        return dict(Counter(row["source_app"] for row in self._declared(self.span.day, area)))

    def arrivals(self, day: date) -> dict[str, int]:
        """Return what arrived on a day, of all provinces."""
        came = [row for row in self.world["scans"] if self._is_of(row["logged_at"], day, row)]
        dead = [row for row in self.world["dead_letter_log"] if self._is_of(row["logged_at"], day, row)]
        return {
            "dead_letters": sum(row["feed"] != "declaration" for row in dead),
            "landed": len(came),
            "unplaced": sum(row["province"] == 0 and row["verdict"] == "ACCEPTED" for row in came),
        }

    def _known(self, table: str, day: date, area: int | None = None) -> Iterator[Row]:
        for row in self.world[table]:
            is_there = area is None or (row["province"] == PROVINCE and area in (0, row["district"]))
            if is_there and self._is_of(row["event_time"], day, row) and self._stands(row):
                yield row

    def _is_of(self, moment: datetime, day: date, row: Row) -> bool:
        elapsed = moment - midnight(day)
        whole = timedelta(0) <= elapsed < timedelta(seconds=self.span.seconds)
        return whole and row["logged_at"] <= self.span.as_of

    def _stands(self, row: Row) -> bool:
        return (row.get("scan_id") or row["event_id"]) not in self._withdrawn

    def _declared(self, day: date, area: int) -> list[Row]:
        last: dict[tuple[bytes, str], Row] = {}
        for row in sorted(self._known("declarations", day), key=lambda row: (row["event_time"], row["logged_at"])):
            last[row["subject"], row["kind"]] = row
        return [row for row in last.values() if row["province"] == PROVINCE and area in (0, row["district"])]

    def _due(self, day: date, area: int) -> set[bytes]:
        noon, person = midnight(day) + _DAY / 2, self._people()

        def in_effect(row: Row) -> bool:
            since = row["event_time"] if row["action"] == "ENDED" else row["starts"]
            known = row["logged_at"] <= self.span.as_of and self._stands(row)
            return bool(known and since <= noon)

        last: dict[tuple[bytes, bytes], Row] = {}
        for row in sorted(self.world["isolations"], key=lambda row: row["event_time"]):
            if in_effect(row):
                last[row["subject"], row["isolation_id"]] = row
        due: dict[bytes, Row] = {}
        for row in sorted(last.values(), key=lambda row: row["event_time"]):
            ends = row["starts"] + row["days"] * _DAY
            if row["action"] != "ENDED" and ends > noon:
                subject: bytes = row["subject"]
                due[person.get(subject, subject)] = row
        return {subject for subject, row in due.items() if row["province"] == PROVINCE and area in (0, row["district"])}

    def _points(self, day: date, area: int) -> list[datetime]:
        """Return since when each place has been registered that counts on a day."""
        begins = midnight(day)
        ends = begins + timedelta(seconds=self.span.seconds)
        found = []
        for place_id, states in self._register().items():
            district, province = AREAS[states[-1]["commune_code"]]
            if province != PROVINCE or area not in (0, district):
                continue
            steps = sorted(
                (row["event_time"], row["action"])
                for row in self.world["place_events"]
                if row["place_id"] == place_id and row["logged_at"] <= self.span.as_of and self._stands(row)
            )
            registered = [states[0]["updated_at"]]
            since = min(registered + [at for at, action in steps if action == "REGISTERED"])
            turns = [(at, action) for at, action in steps if action in ("CLOSED", "REOPENED")]
            before = [action for at, action in turns if at < begins]
            reopened = any(begins <= at < ends and action == "REOPENED" for at, action in turns)
            if since < ends and not (before and before[-1] == "CLOSED" and not reopened):
                found.append(since)
        return found

    def _people(self) -> dict[bytes, bytes]:
        """Return the person of every document that was linked, by the links known."""
        known = [row for row in self.world["identity_links"] if row["logged_at"] <= self.span.as_of]
        said: dict[frozenset[bytes], str] = {}
        for row in sorted(known, key=lambda row: (row["event_time"], row["event_id"])):
            said[frozenset((row["subject"], row["other"]))] = row["link_action"]
        person: dict[bytes, bytes] = {}
        for one, two in (sorted(pair) for pair, action in said.items() if action == "LINK"):
            kept, lost = person.get(one, one), person.get(two, two)
            person |= {one: kept, two: kept}
            person |= {subject: kept for subject, whole in person.items() if whole == lost}
        return person

    def _register(self) -> dict[int, list[Row]]:
        """Return each place's states that were known, oldest first."""
        states: dict[int, list[Row]] = {}
        for row in sorted(self.world["places"], key=lambda row: (row["updated_at"], row["_offset"])):
            if row["updated_at"] <= self.span.as_of:
                states.setdefault(row["place_id"], []).append(row)
        return states
