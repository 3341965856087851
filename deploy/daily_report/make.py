"""Make a report: ask, check, compare with the version before, write, record."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from clickhouse_connect.driver.client import Client

from deploy.daily_report.checks import checks
from deploy.daily_report.document import Document, Previous, content, figures_checksum, versioned
from deploy.daily_report.figures import is_empty
from deploy.daily_report.files import write
from deploy.daily_report.questions import ask
from deploy.daily_report.span import Span, shown
from deploy.daily_report.store import record, versions
from deploy.user_error import UserError


class NothingToReport(UserError):
    """The province had no places, and nothing was scanned or reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A report that is written: its document, where its files are, and whether it is a version there was not before."""

    document: Document
    directory: Path
    is_new: bool


def make(
    client: Client, province: int, span: Span, *, exact: bool, directory: Path, now: Callable[[], datetime]
) -> Made:
    """Make the report of a province's span and return it; a report that says nothing new gets no new version.

    The files are written before the version is recorded: killed in between, the same version is made again. Raises
    UserError where there is nothing to report of or nothing can be written, and the client's exceptions.
    """
    figures = ask(client, province, span, exact=exact)
    if is_empty(figures):
        raise NothingToReport(
            f"There is nothing to report of province {province} on {span.day:%d/%m/%Y}: by {shown(span.as_of)} it had "
            "no registered places, and no scans or reports in eight days."
        )
    said = content(province, span, figures, checks(figures, exact=exact), exact=exact)
    known = versions(client, province, span.day)
    same = same_version(known, said)
    document = same.document if same else versioned(said, previous=known[-1] if known else None)
    written = write(directory, document)
    if same is None:
        record(client, document, made_at=now())
    return Made(document=document, directory=written, is_new=same is None)


def same_version(known: list[Previous], said: Document) -> Previous | None:
    """Return the version that says the same: of the same moment, else the last one if nothing changed since."""
    wanted = figures_checksum(said)
    equal = [one for one in known if figures_checksum(one.document) == wanted]
    of_then = [one for one in equal if one.document["as_of"] == said["as_of"]]
    last = [one for one in equal if one is known[-1]]
    return next(iter([*of_then, *last]), None)
