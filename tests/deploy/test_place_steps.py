"""Steps of places are events with identities that say the same again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from deploy.place_steps import PlaceStep, codes_issued, cut_reference, registrations
from schemas.decode import decode_batch, spans_of
from schemas.enums import Reason
from schemas.kinds import PLACE_EVENT
from schemas.plan import plan_of
from schemas.report_enums import Assistance, PlaceAction
from schemas.wire import decode, encode
from tests.deploy.posters.samples import place

_NOW = datetime(2021, 8, 5, 3, tzinfo=UTC)
_steps = st.builds(
    PlaceStep,
    place_id=st.integers(1, 2**31 - 1),
    action=st.sampled_from(PlaceAction),
    at=st.datetimes(datetime(2021, 1, 1), datetime(2022, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 -- hypothesis adds the zone
    safety_score=st.integers(0, 100),
    decision_ref=st.text(max_size=300).map(cut_reference),
    assisted_by=st.sampled_from(Assistance),
)


@given(_steps)
def test_every_step_is_an_event_the_worker_reads(step: PlaceStep) -> None:
    message = encode(PLACE_EVENT, step.record())
    _, status = decode_batch(plan_of(PLACE_EVENT), spans_of([message]))
    assert status.tolist() == [0], Reason(int(status[0])) if status[0] else ""
    kind, record = decode(message)
    assert (kind, record["place_id"], record["action"], record["subject"]) == (
        PLACE_EVENT, step.place_id, step.action.name, step.key
    )  # fmt: skip


def test_only_places_that_are_new_are_registered_and_again_with_the_same_identity() -> None:
    places = [place(number, "Chợ") for number in (1, 2, 3)]
    (first,) = registrations(places, known={1, 3}, at=_NOW, assisted_by=Assistance.YOUTH_UNION)
    (again,) = registrations(places[1:2], known=(), at=_NOW + timedelta(hours=1))
    assert (first.place_id, first.decision_ref, first.assisted_by) == (2, "1324/BTTTT-THH", Assistance.YOUTH_UNION)
    assert first.event_id == again.event_id
    assert len({step.event_id for step in registrations(places, known=(), at=_NOW)}) == 3


def test_a_code_issued_again_is_another_event_but_the_same_step_told_twice_is_not() -> None:
    (first,), (told_again,), (later,) = (codes_issued([7], at=at) for at in (_NOW, _NOW, _NOW + timedelta(minutes=1)))
    assert first.event_id == told_again.event_id != later.event_id


def test_a_long_reference_is_cut_between_characters() -> None:
    assert cut_reference("Quyết định số 12/QĐ") == "Quyết định số 12/QĐ"
    assert len(cut_reference("ế" * 100).encode()) == 99
