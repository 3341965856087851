"""Which columns a table of a feed may have, and the event a row of it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from deploy.entry.cells import BadCell, value_of
from deploy.entry.person import identity_of
from deploy.tables.row import Row
from deploy.user_error import UserError
from schemas.entered import CONTACT, contact_column
from schemas.enums import CaptureMode
from schemas.kinds import Feed, avro_schema
from streams.gateway.reason import IDENTITY_KINDS

_FILLED_IN = frozenset({"subject", "token_kind", "key_version", "device_id", "sent_at", "received_at", "vehicle"})
_ENTERED = (CaptureMode.PAPER.name, CaptureMode.ASSISTED.name)
# High enough that a column of the office's own is not taken for a misspelt one.
_LIKENESS = 0.8


@dataclass(frozen=True, slots=True)
class Form:
    """A feed as a table: `fields` by column, and `people`, whose columns end with _kind and _number."""

    feed: Feed
    id_field: str
    fields: Mapping[str, Mapping[str, Any]]
    people: tuple[str, ...]
    has_plate: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """Return every column a table may have."""
        people = [f"{person}_{part}" for person in self.people for part in ("kind", "number")]
        contact = map(contact_column, CONTACT) if self.feed.contact else ()
        return (*people, *self.fields, *(["plate"] if self.has_plate else []), *contact)

    def about(self) -> Iterator[tuple[str, bool, str]]:
        """Yield each column with whether it is required, and what it holds."""
        required = frozenset(self._required())
        told = {f"{person}_kind": ", ".join(IDENTITY_KINDS) for person in self.people}
        told |= {f"{person}_number": "the document's number, formatted as text" for person in self.people}
        told |= {name: _meaning(field) for name, field in self.fields.items()} | {"plate": "number plate"}
        told |= {contact_column(part): f"{meaning}; sealed, never in an event" for part, meaning in CONTACT.items()}
        yield from ((column, column in required, told[column]) for column in self.columns)

    def check_columns(self, named: frozenset[str]) -> list[str]:
        """Return the table's other columns, which are not read; raise UserError for what would be lost by mistake."""
        if given := sorted(named & (_FILLED_IN | {self.id_field})):
            raise UserError(f"Nothing was sent: remove the columns {', '.join(given)}; they are filled in.")
        others = sorted(named - set(self.columns))
        for name in others:
            if near := get_close_matches(name, self.columns, n=1, cutoff=_LIKENESS):
                raise UserError(f"Nothing was sent: is the column {name} meant to be {near[0]}? Rename or remove it.")
        if missing := [name for name in self._required() if name not in named]:
            raise UserError(
                f"Nothing was sent: the first line must name the columns; missing: {', '.join(missing)}. A table of "
                f"{self.feed.name} may have {', '.join(self.columns)}."
            )
        return others

    def _required(self) -> Iterator[str]:
        for person in self.people[:1] if "identity" in self.people else ():
            yield from (f"{person}_kind", f"{person}_number")
        yield from (name for name, field in self.fields.items() if _is_required(field))

    def event_of(self, row: Row) -> tuple[dict[str, Any], list[str]]:
        """Return the event of a row, without its identity, and what is wrong with its cells."""
        event: dict[str, Any] = {"feed": self.feed.name}
        reasons: list[str] = []
        for person in self.people:
            self._person(row, person, event, reasons)
        for name, field in self.fields.items():
            if text := row.text(name):
                try:
                    event[name] = value_of(text, field)
                except BadCell as problem:
                    reasons.append(f"{name} {problem}")
        if self.has_plate and row.text("plate"):
            event["plate"] = row.text("plate")
        if self.feed.contact and (contact := _contact(row)):
            event["contact"] = contact
        if "capture_mode" in self.fields and event.setdefault("capture_mode", _ENTERED[0]) not in _ENTERED:
            reasons.append(f"capture_mode must be {' or '.join(_ENTERED)}; empty is {_ENTERED[0]}")
        if row.surplus:
            reasons.append("there are more cells than columns; put quotation marks around a cell with the separator")
        return event, reasons

    def _person(self, row: Row, person: str, event: dict[str, Any], reasons: list[str]) -> None:
        kind, number = row.text(f"{person}_kind"), row.text(f"{person}_number")
        if person != "identity" and not kind and not number:
            return
        try:
            event[person] = identity_of(kind, number, column=person)
        except BadCell as problem:
            reasons.append(str(problem))


def form_of(feed: Feed) -> Form:
    """Return the feed's form, made of its schema."""
    fields = avro_schema(feed.avro)["fields"]
    names = {field["name"] for field in fields}
    people = ["identity"] if "token_kind" in names else []
    return Form(
        feed=feed,
        id_field=fields[0]["name"],
        fields={field["name"]: field for field in fields[1:] if field["name"] not in _FILLED_IN and "raw" not in field},
        people=(*people, *(field["raw"] for field in fields if "raw" in field)),
        has_plate="vehicle" in names,
    )


def _contact(row: Row) -> dict[str, str]:
    texts = {part: row.text(contact_column(part)) for part in CONTACT}
    return {part: text for part, text in texts.items() if text}


def _meaning(field: Mapping[str, Any]) -> str:
    if field["name"] == "capture_mode":
        return f"{' or '.join(_ENTERED)}; empty is {_ENTERED[0]}"
    if isinstance(field["type"], dict) and field["type"]["type"] == "enum":
        return ", ".join(field["type"]["symbols"])
    is_time = isinstance(field["type"], dict) and field["type"]["type"] == "long"
    return f"{field['doc']} As 05/08/2021 14:30." if is_time else str(field["doc"])


def _is_required(field: Mapping[str, Any]) -> bool:
    return "default" not in field and field["name"] != "capture_mode"
