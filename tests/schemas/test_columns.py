import numpy as np
import pytest

from schemas.columns import Columns
from schemas.kinds import VEHICLE, VENUE
from schemas.plan import plan_of


def test_empty_columns_have_a_row_for_each_event() -> None:
    columns = Columns.empty(plan_of(VENUE), 7)
    assert len(columns) == 7
    assert columns.integer("place_id").shape == (7,)
    assert columns.words("scan_id").shape == (7, 2)


def test_a_column_is_a_view_that_writes_through() -> None:
    columns = Columns.empty(plan_of(VENUE), 2)
    columns.integer("gate")[:] = (3, 4)
    columns.words("subject")[:] = ((1, 2), (3, 4))
    assert columns.integer("gate").tolist() == [3, 4]
    assert columns.words("subject").tolist() == [[1, 2], [3, 4]]


def test_floats_come_from_their_bits() -> None:
    columns = Columns.empty(plan_of(VEHICLE), 2)
    columns.integer("latitude")[:] = np.array([10.5, -0.25], np.float32).view(np.int32)
    assert columns.float32("latitude").tolist() == [10.5, -0.25]


def test_an_unknown_column_is_a_value_error() -> None:
    columns = Columns.empty(plan_of(VENUE), 1)
    with pytest.raises(ValueError, match="not in tuple"):
        columns.integer("no_such_field")
