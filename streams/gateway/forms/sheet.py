"""A form as a whole: its fields, and the event that what was entered is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from schemas.entered import digits_missing, whole_number, written_time
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
            if field.name not in wrong and not field.name.startswith("identity_"):
                self._take(field, entered, event, wrong, now_ms)
        if not wrong.keys() & {"identity_kind", "identity_number"}:
            self._person(entered, event, wrong)
        return event, wrong

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

    def _person(self, entered: Entered, event: dict[str, Any], wrong: dict[str, str]) -> None:
        kind, number = _first(entered, "identity_kind"), _first(entered, "identity_number")
        if kind not in IDENTITY_KINDS:
            wrong["identity_kind"] = "Hãy chọn một mục trong danh sách."
            return
        whole = whole_number(TokenKind[kind], number)
        if "*" in number:
            wrong["identity_number"] = "Số bị che bằng dấu *; hãy nhập đủ số, hoặc số của giấy tờ khác."
        elif digits := digits_missing(TokenKind[kind], whole):
            wrong["identity_number"] = f"Số này phải có {digits.replace('or', 'hoặc')} chữ số."
        else:
            event["identity"] = {"kind": kind, "number": whole}


def _first(entered: Entered, name: str) -> str:
    values = entered.get(name) or ("",)
    return " ".join(values[0].split())
