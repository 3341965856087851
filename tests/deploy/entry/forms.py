"""Tables of paper forms, as an office types them. All identities are generated."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO

from deploy.entry.credential import Credential
from deploy.entry.form import form_of
from deploy.entry.lines import Judge, Line
from deploy.tables.csv_file import csv_table
from schemas.enums import Role
from schemas.kinds import DECLARATION, Feed
from tests.streams.gateway.samples import DEVICE_ID, raw_number

NOW = datetime(2021, 8, 10, 2, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1_000)
OPERATOR = Credential(DEVICE_ID, Role.OPERATOR, b"a key of tests")
HEADER = "identity_kind,identity_number,event_time,kind,symptoms"


def declaration(seed: object, *, time: str = "05/08/2021 14:30", rest: str = "DOMESTIC,3") -> str:
    """Return the line of a person nobody is."""
    return f"CCCD,{raw_number(seed)},{time},{rest}"


def table_of(*lines: str, header: str = HEADER) -> bytes:
    """Return a CSV file."""
    return "\n".join([header, *lines, ""]).encode()


def judged(file: bytes, *, feed: Feed = DECLARATION, credential: Credential = OPERATOR) -> Sequence[Line]:
    """Return the lines of a file at NOW."""
    form, table = form_of(feed), csv_table(BytesIO(file))
    form.check_columns(table.columns)
    return Judge(form=form, credential=credential, now_ms=NOW_MS).lines(table.rows)
