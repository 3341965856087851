"""An operator enters forms in a browser; nobody else does, and no other site does it for them."""

from typing import Any

import pytest

from schemas import wire
from schemas.enums import Role, TokenKind
from schemas.vault import Contact
from streams.gateway.contacts.store import InMemoryContactStore
from streams.gateway.devices import InMemoryDeviceDirectory
from streams.gateway.publisher import InMemoryPublisher
from tests.streams.gateway.forms.browser import Browser, Page
from tests.streams.gateway.samples import DEVICE_ID, KEY, TOKEN, TOKEN_SHA256, raw_number
from tests.streams.gateway.server import config, serving

#: An hour before the gateway's now.
_TIME = "2021-11-22T08:00"
_DECLARED = {
    "identity_kind": "CCCD",
    "identity_number": raw_number(1),
    "event_time": _TIME,
    "kind": "MOVEMENT",
    "symptoms": ["1", "16"],
    "exposure": ["8"],
    "commune_code": "14755",
    "purpose": "MEDICAL",
    "declarant_identity_kind": "CCCD",
    "declarant_identity_number": "",
    "capture_mode": "ASSISTED",
}
_SCANNED = {
    "identity_kind": "PHONE",
    "identity_number": "+84 912 345 678",
    "event_time": _TIME,
    "place_id": "7",
    "direction": "OUT",
    "capture_mode": "PAPER",
}


def _records(publisher: InMemoryPublisher) -> list[dict[str, Any]]:
    return [wire.decode(ready.value)[1] for ready in publisher.stored]


async def test_a_declaration_for_another_is_published(browser: Browser, publisher: InMemoryPublisher) -> None:
    await browser.log_in()
    reply = await browser.post("/forms/declaration", _DECLARED)
    assert (reply.status, "Phiếu đã được lưu: 08:00, ngày 22 tháng 11 năm 2021." in reply.body) == (200, True)
    (record,) = _records(publisher)
    assert publisher.stored[0].key == record["subject"] == KEY.subject(kind=TokenKind.CCCD, identity=raw_number(1))
    assert (record["capture_mode"], record["symptoms"], record["exposure"]) == ("ASSISTED", 17, 8)
    assert (record["kind"], record["purpose"], record["commune_code"]) == ("MOVEMENT", "MEDICAL", 14_755)
    assert record["event_time"].isoformat() == "2021-11-22T01:00:00+00:00"
    assert record["device_id"] == DEVICE_ID


async def test_who_declared_for_another_is_a_pseudonym_too(browser: Browser, publisher: InMemoryPublisher) -> None:
    await browser.log_in()
    for number in ("", raw_number(2)):
        assert (
            await browser.post("/forms/declaration", _DECLARED | {"declarant_identity_number": number})
        ).status == 200
    alone, helped = (record["declarant"] for record in _records(publisher))
    assert (alone, helped) == (bytes(16), KEY.subject(kind=TokenKind.CCCD, identity=raw_number(2)))


async def test_how_to_reach_somebody_is_sealed_and_no_part_of_the_event(
    directory: InMemoryDeviceDirectory, publisher: InMemoryPublisher
) -> None:
    contacts = InMemoryContactStore()
    async with serving(config(), directory=directory, publisher=publisher, contacts=contacts) as client:
        browser = Browser(client)
        await browser.log_in()
        for phone in ("0912 000 111", "0912 000 222"):
            await browser.post("/forms/declaration", _DECLARED | {"contact_phone": phone, "contact_name": ""})
    assert [it.contact for it in contacts.kept] == [Contact(phone="0912 000 111"), Contact(phone="0912 000 222")]
    first, second = publisher.stored
    assert first.value == second.value


async def test_a_line_of_a_paper_book_is_a_scan(browser: Browser, publisher: InMemoryPublisher) -> None:
    await browser.log_in()
    assert (await browser.post("/forms/scan", _SCANNED)).status == 200
    (record,) = _records(publisher)
    assert record["subject"] == KEY.subject(kind=TokenKind.PHONE, identity="0912345678")
    assert (record["place_id"], record["direction"], record["capture_mode"]) == (7, "OUT", "PAPER")
    assert (record["credential"], record["scan_mode"]) == ("PAPER", "GUARD_SCAN")


async def test_sent_twice_it_is_one_event_and_another_person_is_another(
    browser: Browser, publisher: InMemoryPublisher
) -> None:
    await browser.log_in()
    for number in (1, 1, 2):
        await browser.post("/forms/scan", _SCANNED | {"identity_number": f"091234567{number}"})
    first, again, other = (record["scan_id"] for record in _records(publisher))
    assert first == again != other


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"identity_number": raw_number(1)[1:]}, "Số này phải có 12 chữ số."),
        ({"identity_number": "******" + raw_number(1)[6:]}, "Số bị che bằng dấu *"),
        ({"identity_number": ""}, "Mục này bắt buộc, chưa được điền."),
        ({"identity_kind": "BOOK"}, "Hãy chọn một mục trong danh sách."),
        ({"event_time": "hôm qua"}, "Chưa đúng ngày giờ, ví dụ 05/08/2021 14:30."),
        ({"event_time": "2021-11-23T10:00"}, "Thời điểm này chưa tới"),
        ({"event_time": "01/10/2021 10:00"}, "đã quá 28 ngày"),
        ({"commune_code": "Bến Nghé"}, "Mục này chỉ gồm chữ số."),
        ({"capture_mode": "SELF_APP"}, "Hãy chọn một mục trong danh sách."),
        ({"declarant_identity_number": "12"}, "Số này phải có 12 chữ số."),
        ({"declarant_identity_number": raw_number(1)}, "Người khai hộ phải là người khác"),
        ({"commune_code": "99999"}, "Phiếu không được nhận: commune_code: expected int"),
    ],
)
async def test_what_is_wrong_is_told_and_nothing_has_to_be_typed_again(
    browser: Browser, publisher: InMemoryPublisher, changed: dict[str, str], sentence: str
) -> None:
    await browser.log_in()
    reply = await browser.post("/forms/declaration", _DECLARED | changed)
    assert (reply.status, sentence in reply.body) == (422, True)
    assert publisher.stored == []
    shown = {attributes["name"]: attributes for attributes in Page(reply.body).all("input", "select")}
    assert shown["commune_code"]["value"] == changed.get("commune_code", "14755")
    assert "checked" in reply.body


async def test_what_was_entered_is_shown_as_text(browser: Browser) -> None:
    await browser.log_in()
    reply = await browser.post("/forms/declaration", _DECLARED | {"identity_number": '"><script>alert(1)</script>'})
    assert Page(reply.body).all("script") == []


async def test_while_kafka_is_away_the_form_stays_filled_in(browser: Browser, publisher: InMemoryPublisher) -> None:
    await browser.log_in()
    publisher.reachable = False
    reply = await browser.post("/forms/scan", _SCANNED)
    assert (reply.status, "bấm Gửi lại" in reply.body) == (503, True)
    assert 'value="+84 912 345 678"' in reply.body


async def test_the_cookie_is_for_these_pages_and_no_script(browser: Browser) -> None:
    reply = await browser.log_in()
    assert (reply.status, reply.headers["Location"]) == (303, "/forms")
    attributes = {part.strip().lower() for part in reply.headers["Set-Cookie"].split(";")[1:]}
    assert {"httponly", "secure", "samesite=strict", "path=/forms", "max-age=43200"} <= attributes
    left = await browser.post("/forms/logout", {})
    assert "max-age=0" in left.headers["Set-Cookie"].lower()


async def test_nobody_else_enters_anything(
    browser: Browser, directory: InMemoryDeviceDirectory, publisher: InMemoryPublisher
) -> None:
    assert (await browser.get("/forms/scan")).status == 401
    assert (await browser.post("/forms/scan", _SCANNED)).status == 401
    assert (await browser.log_in(f"{DEVICE_ID}.wrong")).status == 401
    await browser.log_in()
    assert (await browser.get("/forms/scan")).status == 200
    directory.enrol(DEVICE_ID, TOKEN_SHA256, Role.SCANNER)
    refused = await browser.post("/forms/scan", _SCANNED)
    assert (refused.status, "không phải của cán bộ nhập liệu" in refused.body) == (403, True)
    assert (await browser.log_in()).status == 403
    assert publisher.stored == []


async def test_no_other_site_sends_a_form(browser: Browser, publisher: InMemoryPublisher) -> None:
    await browser.log_in()
    for site in ("cross-site", "same-site"):
        assert (await browser.post("/forms/scan", _SCANNED, **{"Sec-Fetch-Site": site})).status == 403
        assert (await browser.post("/forms/login", {"token": TOKEN}, **{"Sec-Fetch-Site": site})).status == 403
    assert (await browser.post("/forms/scan", _SCANNED, **{"Sec-Fetch-Site": "same-origin"})).status == 200
    assert len(publisher.stored) == 1


async def test_only_forms_are_taken(browser: Browser) -> None:
    await browser.log_in()
    assert (await browser.post("/forms/scan", {}, **{"Content-Type": "text/plain"})).status == 415
    many = {f"field{number}": "x" for number in range(100)}
    assert (await browser.post("/forms/scan", many)).status == 400


@pytest.mark.parametrize("path", ["/forms", "/forms/login", "/forms/declaration", "/forms/scan"])
async def test_a_page_can_be_read_by_everyone_and_loads_nothing(browser: Browser, path: str) -> None:
    await browser.log_in()
    reply = await browser.get(path)
    page = Page(reply.body)
    assert page.all("html") == [{"lang": "vi"}]
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all("meta")
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    labels = {attributes.get("for") for attributes in page.all("label")}
    boxed = [box for box in page.all("input", "select") if box.get("type") != "checkbox"]
    assert {box["id"] for box in boxed} <= labels
    assert all(set(box.get("aria-describedby", "").split()) <= set(ids) for box in boxed)
    assert not any("src" in attributes or tag in {"script", "link", "img"} for tag, attributes in page.elements)
    assert all(link["href"].startswith("/forms") for link in page.all("a"))
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert reply.headers["Cache-Control"] == "no-store"
