"""What the fleet's registration publishes: the state of every place, device and commune, as reference messages."""

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from loadtest.fleet import Fleet, place_of_device
from loadtest.reports.senders import sender_messages
from schemas.admin_units import Commune, communes
from schemas.enums import Category, Department
from schemas.kinds import AREAS, DEVICES, PLACES, Reference
from schemas.wire import encode

_DAY_MS = 86_400_000
_DEPARTMENTS = {
    Category.HOSPITAL: Department.SYT,
    Category.HEALTH_FACILITY: Department.SYT,
    Category.ISOLATION_SITE: Department.SYT,
    Category.SCHOOL: Department.SGDDT,
    Category.TRAINING: Department.SLDTBXH,
    Category.HOTEL: Department.SVHTTDL,
    Category.LODGING: Department.SVHTTDL,
    Category.COMPANY: Department.SKHDT,
    Category.PRODUCTION_BUSINESS: Department.SKHDT,
    Category.SUPERMARKET: Department.SCT,
    Category.RESTAURANT: Department.SCT,
    Category.EATERY: Department.SCT,
    Category.CAFE: Department.SCT,
    Category.MARKET: Department.SCT,
    Category.PUBLIC_TRANSPORT_VEHICLE: Department.SGTVT,
    Category.CHECKPOINT: Department.SGTVT,
    Category.FACTORY: Department.BQLKCN,
}
_NAMES = {
    Category.HOSPITAL: "Bệnh viện",
    Category.HEALTH_FACILITY: "Trạm y tế",
    Category.SCHOOL: "Trường",
    Category.RESTAURANT: "Nhà hàng",
    Category.EATERY: "Quán ăn",
    Category.CAFE: "Cà phê",
    Category.SUPERMARKET: "Siêu thị",
    Category.MARKET: "Chợ",
    Category.HOTEL: "Khách sạn",
    Category.LODGING: "Nhà trọ",
    Category.FACTORY: "Nhà máy",
    Category.COMPANY: "Công ty",
    Category.CHECKPOINT: "Chốt kiểm dịch",
    Category.PUBLIC_TRANSPORT_VEHICLE: "Xe khách",
    Category.ISOLATION_SITE: "Khu cách ly",
}


def device_token(fleet: Fleet, device_id: int) -> str:
    """Return the token a simulated device shows to the gateway: its number, a dot and its secret."""
    secret = hashlib.sha256(f"{fleet.seed}:{device_id}".encode()).hexdigest()[:32]
    return f"{device_id}.{secret}"


def reference_messages(fleet: Fleet, *, updated_ms: int) -> Iterator[tuple[Reference, bytes, bytes]]:
    """Yield kind, key and value of every area, place and device, also of those that send reports.

    `updated_ms` is when they were recorded.
    """
    for commune in communes():
        yield AREAS, b"%d" % commune.code, encode(AREAS, _area(fleet, commune, updated_ms))
    names = {commune.code: commune for commune in communes()}
    for index in range(fleet.places):
        place = _place(fleet, index, names, updated_ms)
        yield PLACES, b"%d" % place["place_id"], encode(PLACES, place)
    for device_id in fleet.device_ids().tolist():
        yield DEVICES, b"%d" % device_id, encode(DEVICES, _device(fleet, device_id, updated_ms))
    yield from sender_messages(fleet.seed, updated_ms=updated_ms)


def _place(fleet: Fleet, index: int, names: dict[int, Commune], updated_ms: int) -> dict[str, Any]:
    category = Category(int(fleet.category[index]))
    commune = names[int(fleet.commune[index])]
    return {
        "place_id": index + 1,
        "name": f"{_NAMES.get(category, 'Điểm kiểm soát')} {commune.name} {index + 1}",
        "category": category.name,
        "department": _DEPARTMENTS.get(category, Department.UBND_DISTRICT).name,
        "commune_code": commune.code,
        "capacity": 20 * int(fleet.gates[index]) ** 2,
        "mandate_ref": f"{commune.province} 2021",
        "owner_unit": f"Đơn vị {index % 3 + 1} {commune.name}",
        "owner_head_role": "Thủ trưởng đơn vị",
        "updated_at": updated_ms,
    }


def _device(fleet: Fleet, device_id: int, updated_ms: int) -> dict[str, Any]:
    return {
        "device_id": device_id,
        "place_id": place_of_device(device_id),
        "label": f"cổng {device_id % 4 + 1}",
        "token_sha256": hashlib.sha256(device_token(fleet, device_id).encode()).digest(),
        "revoked": False,
        "updated_at": updated_ms,
        "role": "SCANNER",
    }


def _area(fleet: Fleet, commune: Commune, updated_ms: int) -> dict[str, Any]:
    """Describe a commune: its level was set up to three times in the last four weeks."""
    random = np.random.default_rng((fleet.seed, commune.code))
    ages_days = sorted(random.uniform(0, 28, random.integers(0, 4)), reverse=True)
    risk = [
        {
            "valid_from": updated_ms - int(age * _DAY_MS),
            "level": int(random.integers(1, 5)),
            "decision_ref": f"QĐ {number + 1}/{commune.code}",
        }
        for number, age in enumerate(ages_days)
    ]
    return {
        "commune_code": commune.code,
        "district_code": commune.district_code,
        "province_code": commune.province_code,
        "name": commune.name,
        "risk": risk,
        "updated_at": updated_ms,
    }
