"""Write the documents for the public as files, with a manifest that lists them."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from deploy.user_error import UserError
from schemas.admin_units import communes
from schemas.report_enums import AreaLevel
from sinks.maps.documents import Document, Wanted
from sinks.maps.risk_map import LEAST_SHOWN, RULES
from sinks.maps.shapes import code_text

MANIFEST = "manifest.json"


def write_documents(directory: Path, made: Sequence[Document], wanted: Wanted, *, made_at: datetime) -> dict[str, Any]:
    """Write each document, then the manifest; return what it says. Makes the directory; raises UserError.

    A file has its name only once it is whole, and the manifest comes last: whoever fetches files compares their SHA-256
    with it.
    """
    manifest = manifest_of(made, wanted, made_at=made_at)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for document in made:
            _write(directory / document.name, document.body)
        _write(directory / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
    except OSError as problem:
        raise UserError(f"{directory} can't be written ({problem.strerror}); choose another --out.") from None
    return manifest


def manifest_of(made: Sequence[Document], wanted: Wanted, *, made_at: datetime) -> dict[str, Any]:
    """Return day, province (null: all), rules and the documents with rows, bytes and SHA-256."""
    areas = [(AreaLevel.COMMUNE, unit.code) for unit in communes() if wanted.province in (0, unit.province_code)]
    return {
        "day": wanted.day.isoformat(),
        "province": code_text(AreaLevel.PROVINCE, wanted.province) if wanted.province else None,
        "made_at": made_at.isoformat(timespec="seconds"),
        "rules": RULES,
        "least_shown": LEAST_SHOWN,
        "synthetic": any(area in wanted.shapes.synthetic for area in areas),
        "files": [
            {
                "name": document.name,
                "rows": document.rows,
                "bytes": len(document.body),
                "sha256": hashlib.sha256(document.body).hexdigest(),
            }
            for document in made
        ],
    }


def _write(path: Path, body: bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(body)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
