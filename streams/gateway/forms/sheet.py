"""A form as a whole: its fields, and the event that what was entered is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from schemas.entered import CONTACT, contact_column, digits_missing, whole_number, written_time
from schemas.enums import TokenKind
from schemas.kinds import Feed, avro_schema
from streams.gateway.forms.field import Entered, Field
from streams.gateway.reason import IDENTITY_KINDS
from streams.window.rules import FUTURE_MS, VERY_LATE_MS

_MOST_DIGITS = 10
_EMPTY = "Mục này bắt buộc, chưa được điền."
_NO_TIME = "Chưa đúng ngày giờ, ví dụ 05/08/2021 14:30."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A form that is entered as one event of `feed`; `fixed` are fields nobody has to enter."""

    path: str
    title: str
    feed: Feed
    fields: Sequence[Field]
    fixed: Mapping[str, str]

    @property
    def id_field(self) -> str:
        """Return the name of the event's identity."""
        name: str = avro_schema(self.feed.avro)["fields"][0]["name"]
        return name

    def event_of(self, entered: Entered, *, now_ms: int) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the event, without its identity, and what is wrong by field, in Vietnamese."""
        event: dict[str, Any] = {"feed": self.feed.name, **self.fixed}
        wrong = {field.name: _EMPTY for field in self.fields if field.required and not _first(entered, field.name)}
        for field in self.fields:
            if field.name not in wrong and not field.name.endswith(("_kind", "_number")):
                self._take(field, entered, event, wrong, now_ms)
        if contact := {part: event.pop(contact_column(part)) for part in CONTACT if contact_column(part) in event}:
            event["contact"] = contact
        for person in self.people:
            if not wrong.keys() & {f"{person}_kind", f"{person}_number"}:
                _identify(person, entered, event, wrong)
        if event.get("declarant_identity", event) == event.get("identity"):
            wrong["declarant_identity_number"] = "Người khai hộ phải là người khác; để trống nếu người đó tự khai."
        return event, wrong

    @property
    def people(self) -> list[str]:
        """Return the people it asks for: each has a field for the kind of document, and one for its number."""
        names = [field.name for field in self.fields]
        return [name.removesuffix("_number") for name in names if name.endswith("_number")]

    def _take(self, field: Field, entered: Entered, event: dict[str, Any], wrong: dict[str, str], now_ms: int) -> None:
        text = _first(entered, field.name)
        if field.kind == "checks":
            ticked = {value for value in entered.get(field.name, ()) if value in (field.options or {})}
            event[field.name] = sum(map(int, ticked))
        elif not text:
            return
        elif field.kind == "time":
            self._time(field.name, text, event, wrong, now_ms)
        elif field.kind == "number":
            if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS:
                event[field.name] = int(text)
            else:
                wrong[field.name] = "Mục này chỉ gồm chữ số."
        elif field.kind == "select" and text not in (field.options or {}):
            wrong[field.name] = "Hãy chọn một mục trong danh sách."
        else:
            event[field.name] = text

    def _time(self, name: str, text: str, event: dict[str, Any], wrong: dict[str, str], now_ms: int) -> None:
        moment = written_time(text)
        if moment is None or ":" not in text:
            wrong[name] = _NO_TIME
            return
        event[name] = int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 1_000
        if event[name] - now_ms > FUTURE_MS:
            wrong[name] = "Thời điểm này chưa tới; hãy xem lại ngày giờ."
        elif now_ms - event[name] > VERY_LATE_MS:
            wrong[name] = "Thời điểm này đã quá 28 ngày, hệ thống không nhận nữa."


def _identify(person: str, entered: Entered, event: dict[str, Any], wrong: dict[str, str]) -> None:
    """Put a person's identity into the event, unless the number is left out."""
    kind, number = _first(entered, f"{person}_kind"), _first(entered, f"{person}_number")
    if not number:
        return
    if kind not in IDENTITY_KINDS:
        wrong[f"{person}_kind"] = "Hãy chọn một mục trong danh sách."
        return
    whole = whole_number(TokenKind[kind], number)
    if "*" in number:
        wrong[f"{person}_number"] = "Số bị che bằng dấu *; hãy nhập đủ số, hoặc số của giấy tờ khác."
    elif digits := digits_missing(TokenKind[kind], whole):
        wrong[f"{person}_number"] = f"Số này phải có {digits.replace('or', 'hoặc')} chữ số."
    else:
        event[person] = {"kind": kind, "number": whole}


def _first(entered: Entered, name: str) -> str:
    values = entered.get(name) or ("",)
    return " ".join(values[0].split())
