"""The standard's own JSON Schema, as a judge of documents."""

import json
from functools import cache
from pathlib import Path

import jsonschema


@cache
def validator() -> jsonschema.Draft7Validator:
    """Return a validator of EPCIS documents and events, formats included."""
    schema = json.loads((Path(__file__).parent / "EPCIS-JSON-Schema.json").read_text("utf-8"))
    return jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)
