"""What one rule of the watch is: a row of the table and an SQL file."""

from dataclasses import dataclass
from importlib.resources import files

from schemas.report_enums import AlertRole, AlertType, Severity
from sinks.migration_parts import with_parts


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRule:
    """A question asked every `period_seconds`; each row of its answer is an alert.

    `name` is the file's in `sinks/watch/rules`. `severity` and `role` hold where the answer has no column of that name.
    `detail` is a sentence for people; there is no identity in it.

    The SQL yields `dedupe_key` (String) and `event_time` (DateTime64(3, 'UTC')), and those it needs of `subject`,
    `place_id`, `evidence`, `about_device`, `area_code`, `measure`, `severity` and `role`, as `alert.avsc` has them.
    Without `subject` the alert is about the device, the place or the area, whichever it names first. It may use
    `{now:DateTime64(3, 'UTC')}`, and `{since:DateTime64(3, 'UTC')}`: rows logged before that were looked at before.

    One key is one alert for ever, so `event_time` has to follow from the key alone. Identities in a key are in `hex`:
    `toString` would cut zeros off their ends.
    """

    name: str
    type: AlertType
    severity: Severity
    role: AlertRole
    period_seconds: int
    detail: str

    @property
    def sql(self) -> str:
        """Return the rule's SELECT, with the parts of migrations it includes."""
        return with_parts((files("sinks.watch") / "rules" / f"{self.name}.sql").read_text("utf-8").strip())
