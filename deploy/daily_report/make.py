"""Make a report: ask, check, compare with the version before, write, record."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from clickhouse_connect.driver.client import Client

from deploy.daily_report.checks import checks
from deploy.daily_report.document import Document, Previous, content, figures_checksum, versioned
from deploy.daily_report.figures import Figures, is_empty
from deploy.daily_report.files import write
from deploy.daily_report.questions import ask
from deploy.daily_report.span import COMPARED_DAYS, Span, midnight, shown
from deploy.daily_report.store import deleted_before, record, versions
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
    NothingToReport, UserError where rows it needs have been deleted or nothing can be written, and the client's
    exceptions.
    """
    figures = _figures(client, province, span, exact=exact)
    said = content(province, span, figures, checks(figures, exact=exact), exact=exact)
    known = versions(client, province, span.day)
    while (same := same_version(known, said)) is None:
        document = versioned(said, previous=known[-1] if known else None)
        written = write(directory, document)
        record(client, document, made_at=now())
        known = versions(client, province, span.day)
        if known[-1].document["sha256"] == document["sha256"]:
            return Made(document=document, directory=written, is_new=True)
        # Another report took the number a moment before: it stands, and its files are put back.
        write(directory, known[-1].document)
    return Made(document=same.document, directory=write(directory, same.document), is_new=False)


def write_again(client: Client, province: int, day: date, version: int, *, directory: Path) -> Made:
    """Write the files of a recorded version again; raise UserError if there is none of that number."""
    known = {one.version: one.document for one in versions(client, province, day)}
    if version not in known:
        has = f"it has {', '.join(map(str, known))}" if known else "it has none"
        raise UserError(f"Province {province} has no version {version} of its report of {day:%d/%m/%Y}; {has}.")
    return Made(document=known[version], directory=write(directory, known[version]), is_new=False)


def _figures(client: Client, province: int, span: Span, *, exact: bool) -> Figures:
    gone = deleted_before(client, province)
    if gone and midnight(span.day) - timedelta(days=COMPARED_DAYS) < gone:
        raise UserError(
            f"Scans of province {province} before {shown(gone)} have been deleted in time, and the report of "
            f"{span.day:%d/%m/%Y} would lack some; the versions made before can be had with --version."
        )
    figures = ask(client, province, span, exact=exact)
    if is_empty(figures):
        raise NothingToReport(
            f"There is nothing to report of province {province} on {span.day:%d/%m/%Y}: by {shown(span.as_of)} it had "
            "no registered places, and no scans or reports in eight days."
        )
    return figures


def same_version(known: list[Previous], said: Document) -> Previous | None:
    """Return the version that says the same: of the same moment, else the last one if nothing changed since."""
    wanted = figures_checksum(said)
    equal = [one for one in known if figures_checksum(one.document) == wanted]
    of_then = [one for one in equal if one.document["as_of"] == said["as_of"]]
    last = [one for one in equal if one is known[-1]]
    return next(iter([*of_then, *last]), None)
