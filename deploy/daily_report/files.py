"""A report's files: JSON, CSV and XLSX in a directory of its version, which is there whole or not at all."""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from deploy.daily_report.csv_file import csv_bytes
from deploy.daily_report.document import Document, canonical
from deploy.daily_report.xlsx_file import xlsx_bytes
from deploy.user_error import UserError

_CHECKSUMS = "SHA256SUMS"


def file_bytes(document: Document) -> dict[str, bytes]:
    """Return the files of a report by name; the same document gives the same bytes. `SHA256SUMS` checks the others."""
    stem = f"daily-{document['province']}-{document['day']}-v{document['version']}"
    files = {
        f"{stem}.json": canonical(document) + b"\n",
        f"{stem}.csv": csv_bytes(document),
        f"{stem}.xlsx": xlsx_bytes(document),
    }
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    return {**files, _CHECKSUMS: sums.encode()}


def reports_directory(data_dir: Path) -> Path:
    """Return where reports are kept unless somebody chooses another place."""
    return data_dir / "reports"


def write(directory: Path, document: Document) -> Path:
    """Write the files into `<directory>/<province>/<day>/v<version>` and return that.

    Files that are there and the same stay; damaged ones are replaced. Raises UserError where nothing can be written.
    """
    target = directory / str(document["province"]) / str(document["day"]) / f"v{document['version']}"
    files = file_bytes(document)
    try:
        if not _are_there(target, files):
            _replace(target, files)
    except OSError as problem:
        raise UserError(
            f"The report can't be written to {target} ({problem.strerror}); choose another --out."
        ) from None
    return target


def _are_there(target: Path, files: dict[str, bytes]) -> bool:
    return all((target / name).is_file() and (target / name).read_bytes() == data for name, data in files.items())


def _replace(target: Path, files: dict[str, bytes]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        for name, data in files.items():
            with (part / name).open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        part.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
