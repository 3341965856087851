"""One field of a form: its label, its hint, and its HTML with what was entered and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

#: What a browser sent: every value of each name.
Entered = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field; `options` are values with their labels, `default` is the value it shows at first."""

    name: str
    label: str
    kind: Literal["text", "number", "time", "select", "checks"] = "text"
    hint: str = ""
    options: Mapping[str, str] | None = None
    default: str = ""
    required: bool = False
    most_characters: int = 64

    def html(self, entered: Entered, wrong: str = "") -> str:
        """Return the field's HTML; `wrong` is a sentence, empty if nothing is."""
        notes = [f'<p class="wrong" id="{self.name}-wrong">{escape(wrong)}</p>'] if wrong else []
        if self.hint:
            notes.insert(0, f'<p class="hint" id="{self.name}-hint">{escape(self.hint)}</p>')
        if self.kind == "checks":
            return self._checks(entered, "".join(notes))
        described = " ".join([f"{self.name}-hint"] * bool(self.hint) + [f"{self.name}-wrong"] * bool(wrong))
        attributes = f'id="{self.name}" name="{self.name}"' + " required" * self.required
        attributes += f' aria-describedby="{described}"' if described else ""
        attributes += ' aria-invalid="true"' if wrong else ""
        value = (entered.get(self.name) or [self.default])[0]
        control = self._select(attributes, value) if self.kind == "select" else self._input(attributes, value)
        return (
            f'<div class="field"><label for="{self.name}">{escape(self.label)}</label>{"".join(notes)}{control}</div>'
        )

    def _input(self, attributes: str, value: str) -> str:
        kinds = {"time": "datetime-local", "number": "text", "text": "text"}
        more = f' maxlength="{self.most_characters}" autocomplete="off"' if self.kind != "time" else ""
        more += ' inputmode="numeric"' if self.kind == "number" else ""
        return f'<input type="{kinds[self.kind]}" {attributes}{more} value="{escape(value)}">'

    def _select(self, attributes: str, value: str) -> str:
        options = "".join(
            f'<option value="{escape(key)}"{" selected" * (key == value)}>{escape(label)}</option>'
            for key, label in (self.options or {}).items()
        )
        return f"<select {attributes}>{options}</select>"

    def _checks(self, entered: Entered, notes: str) -> str:
        ticked = entered.get(self.name) or ()
        boxes = "".join(
            f'<label class="check"><input type="checkbox" name="{self.name}" value="{escape(key)}"'
            f"{' checked' * (key in ticked)}>{escape(label)}</label>"
            for key, label in (self.options or {}).items()
        )
        return f"<fieldset><legend>{escape(self.label)}</legend>{notes}{boxes}</fieldset>"
