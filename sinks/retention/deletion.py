"""The statements that delete what is due of one table. Pure."""
# ruff: noqa: S608 -- our own tables' names, times and numbers

from dataclasses import dataclass

from sinks.retention.classes import Retention
from sinks.retention.due import Frame, due, held, instant, needed, needs_tombstone, overdue, settled, who_is_needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """One table's deletion, all statements frozen: they choose the same rows whenever they run."""

    it: Retention
    frame: Frame

    def count(self) -> str:
        """Return the question for the table's rows by province."""
        older, closed = overdue(self.it, self.frame), settled(self.it, self.frame)
        stay = f"({held(self.it)} OR {needed(self.it, self.frame)})"
        return (
            f"SELECT {self.it.province} AS place, countIf(closed) AS total, "
            "countIf(older AND closed AND stay) AS held, countIf(older AND NOT closed) AS waiting, "
            "countIf(older AND closed AND NOT stay) AS due, "
            f"toUnixTimestamp64Milli(minIf({self.it.age}, closed)) AS oldest "
            f"FROM (SELECT *, {older} AS older, {closed} AS closed, {stay} AS stay FROM {self.it.shown}) "
            "GROUP BY place ORDER BY place"
        )

    def need(self) -> str:
        """Return the statement that finds out whose rows of this table are needed."""
        return (
            f"INSERT INTO retention_needed (run_at, subject) SELECT {instant(self.frame.now)}, subject "
            f"FROM ({who_is_needed(self.it, self.frame)})"
        )

    def tombstones(self) -> str:
        """Return the statement that keeps what tells a second copy."""
        return (
            "INSERT INTO tombstones (feed, _partition, _offset, event_id, device_time) "
            f"SELECT toInt8(feed), _partition, _offset, {self.it.event_id}, device_time FROM {self.it.table} "
            f"WHERE {due(self.it, self.frame)} AND {needs_tombstone(self.frame)}"
        )

    def log(self) -> str:
        """Return the statement that writes down which source offsets go."""
        now = instant(self.frame.now)
        return (
            "INSERT INTO retention_deletions (name, feed, _partition, week, offsets, first_run, last_run) "
            f"SELECT '{self.it.table}', toInt8(feed) AS code, _partition, "
            "toMonday(logged_at, 'Asia/Ho_Chi_Minh') AS monday, "
            f"groupBitmapState(toUInt64(_offset)), {now}, {now} FROM {self.it.table} "
            f"WHERE {due(self.it, self.frame)} GROUP BY code, _partition, monday"
        )

    def delete(self) -> str:
        """Return the command that deletes, for an ALTER of the table."""
        return f"DELETE WHERE {due(self.it, self.frame)}"
