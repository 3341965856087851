import pytest

from deploy.entry.form import form_of
from deploy.tables.row import Row
from deploy.user_error import UserError
from schemas.kinds import CHECKPOINT, DECLARATION, FEEDS, PLACE_EVENT, Feed


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_every_feed_has_a_form_without_what_is_filled_in(feed: Feed) -> None:
    columns = form_of(feed).columns
    assert "event_time" in columns
    assert len(set(columns)) == len(columns)
    assert not {"event_id", "scan_id", "subject", "device_id", "sent_at", "key_version"} & set(columns)


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_what_a_table_must_have_is_told(feed: Feed) -> None:
    form = form_of(feed)
    told = list(form.about())
    assert [name for name, _, _ in told] == list(form.columns)
    assert form.check_columns(frozenset(name for name, required, _ in told if required)) == []
    assert all(meaning for _, _, meaning in told)


def test_people_are_two_columns_and_a_vehicle_is_its_plate() -> None:
    assert set(form_of(DECLARATION).columns) >= {
        "identity_kind", "identity_number", "declarant_identity_kind", "declarant_identity_number"
    }  # fmt: skip
    assert "declarant" not in form_of(DECLARATION).columns
    assert "plate" in form_of(CHECKPOINT).columns
    assert "identity_number" not in form_of(PLACE_EVENT).columns


def test_how_to_reach_a_person_goes_beside_the_event() -> None:
    row = Row(line=2, cells={"contact_phone": "0912 000 111", "contact_name": ""}, surplus=False)
    event, _ = form_of(DECLARATION).event_of(row)
    assert event["contact"] == {"phone": "0912 000 111"}
    assert "contact" not in form_of(CHECKPOINT).event_of(row)[0]
    assert "contact_phone" not in form_of(CHECKPOINT).columns


def test_an_offices_own_columns_are_told_and_not_read() -> None:
    needed = {"identity_kind", "identity_number", "event_time", "kind"}
    assert form_of(DECLARATION).check_columns(frozenset({*needed, "họ tên", "ghi chú"})) == ["ghi chú", "họ tên"]


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"symptons"}, "is the column symptons meant to be symptoms"),
        ({"event_id", "device_id"}, "remove the columns device_id, event_id; they are filled in"),
        (set(), "missing: identity_kind, identity_number, event_time, kind. A table of declaration may have"),
    ],
)
def test_columns_that_would_be_lost_by_mistake_are_refused(columns: set[str], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        form_of(DECLARATION).check_columns(frozenset(columns))
