"""The gateway's way to the documents for the public: asked of ClickHouse, drawn in the installation's shapes."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from clickhouse_connect.driver.client import Client

from deploy.clickhouse import clickhouse_client
from deploy.settings import Settings
from deploy.user_error import UserError
from sinks.maps.boundaries import BadBoundaries, read_boundaries
from sinks.maps.cells import synthetic_shapes
from sinks.maps.documents import NAMES, Wanted, documents
from sinks.maps.shapes import Shapes
from streams.gateway.public import NoDocuments, Question


class ClickHouseDocuments:
    """The gateway's `PublicDocuments`. Connects for each question, of which there are few: answers are kept."""

    def __init__(self, connect: Callable[[], AbstractContextManager[Client]], shapes: Shapes) -> None:
        """Take how to get a client, whose errors are UserError, and the shapes of all areas."""
        self._connect = connect
        self._shapes = shapes

    @property
    def names(self) -> Sequence[str]:
        return NAMES

    def read(self, question: Question) -> bytes:
        wanted = Wanted(day=question.day, province=question.province, shapes=self._shapes)
        try:
            with self._connect() as client:
                (document,) = documents(client, wanted, [question.name])
        except UserError as problem:
            raise NoDocuments(str(problem)) from None
        return document.body


def public_documents(settings: Settings) -> ClickHouseDocuments | None:
    """Return an installation's documents, None where it shows none; raise UserError for boundaries it can't use."""
    if settings.public_documents == 0:
        return None
    return ClickHouseDocuments(partial(clickhouse_client, settings), shapes_of(settings.boundaries_file))


def shapes_of(boundaries_file: str, *, province: int = 0) -> Shapes:
    """Return the shapes of a file, which must have all of `province` (0: of each it touches); without one, cells.

    Raises UserError.
    """
    if not boundaries_file:
        return synthetic_shapes()
    try:
        return read_boundaries(Path(boundaries_file), provinces=[province] if province else [])
    except BadBoundaries as problem:
        raise UserError(f"The boundaries can't be used: {problem}") from None
