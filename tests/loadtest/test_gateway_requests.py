import orjson

from loadtest.fleet import make_fleet
from loadtest.gateway_requests import gateway_requests
from loadtest.registry import device_token

_HEAD_END = b"\r\n\r\n"
_FLEET = make_fleet(seed=1, places=100)


def test_requests_hold_every_event_in_parts_of_the_size_asked_for() -> None:
    made = gateway_requests(_FLEET, host="gateway", events_each=100, events=250, seed=1)

    parts = [orjson.loads(request.partition(_HEAD_END)[2]) for request in made]
    assert [len(part) for part in parts] == [100, 100, 50]
    assert {event["feed"] for part in parts for event in part} == {"venue"}


def test_people_have_raw_numbers_and_the_same_person_the_same_one() -> None:
    made = gateway_requests(_FLEET, host="gateway", events_each=1_000, events=1_000, seed=1)

    events = orjson.loads(made[0].partition(_HEAD_END)[2])
    numbers = [event["identity"]["number"] for event in events if "identity" in event]
    assert all("subject" not in event for event in events if "identity" in event)
    assert len(events) / 2 < len(numbers)
    assert len(set(numbers)) < len(numbers)


def test_each_request_is_of_an_enrolled_device() -> None:
    first, second = gateway_requests(_FLEET, host="gateway", events_each=1, events=2, seed=1)

    for request, device in zip((first, second), _FLEET.device_ids().tolist(), strict=False):
        assert f"Authorization: Bearer {device_token(_FLEET, device)}\r\n".encode() in request
