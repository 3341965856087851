"""Registry records as reference topics hold them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from schemas.entity_key import entity_key
from schemas.enums import Category, Department

_RECORDED = datetime(2021, 6, 1, tzinfo=UTC)


def place(
    place_id: int,
    *,
    commune: int = 14_755,
    category: Category = Category.MARKET,
    department: Department = Department.SCT,
) -> dict[str, Any]:
    """Return a place."""
    return {
        "place_id": place_id,
        "name": f"Chợ {place_id}",
        "category": category.name,
        "department": department.name,
        "commune_code": commune,
        "capacity": 0,
        "mandate_ref": "",
        "owner_unit": "",
        "owner_head_role": "",
        "updated_at": _RECORDED,
    }


def area(
    commune: int = 14_755, *, district: int = 380, province: int = 38, risk: Iterable[tuple[int, int]] = ()
) -> dict[str, Any]:
    """Return a commune; `risk` are pairs of the first millisecond of a level and the level."""
    return {
        "commune_code": commune,
        "district_code": district,
        "province_code": province,
        "name": f"Phường {commune}",
        "risk": [{"valid_from": since_ms, "level": level, "decision_ref": ""} for since_ms, level in risk],
        "updated_at": _RECORDED,
    }


def device(device_id: int, *, revoked: bool = False) -> dict[str, Any]:
    """Return a device."""
    return {
        "device_id": device_id,
        "place_id": 1,
        "label": f"Cổng {device_id}",
        "token_sha256": bytes(32),
        "revoked": revoked,
        "role": "SCANNER",
        "updated_at": _RECORDED,
    }


def decision(number: int, *, area_code: int, at_ms: int, **fields: object) -> dict[str, Any]:
    """Return a decision on an area's risk, told at `at_ms` and valid from then on unless `fields` say otherwise."""
    return {
        "event_id": number.to_bytes(16, "big"),
        "subject": entity_key("area_code", area_code),
        "device_id": 7,
        "event_time": at_ms,
        "sent_at": at_ms,
        "received_at": 0,
        "about": "RISK",
        "level": "COMMUNE",
        "area_code": area_code,
        "risk_level": 0,
        "regime": "NONE",
        "valid_from": at_ms,
        "valid_until": 0,
        "decision_ref": f"{number}/QĐ-BCĐ",
        **fields,
    }
