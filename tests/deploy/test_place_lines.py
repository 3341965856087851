"""Every line of a register is a place, or told all that is wrong with it."""

import io

import pytest

from deploy.place_lines import Line, judged
from deploy.tables.csv_file import csv_table
from deploy.user_error import UserError
from schemas.admin_units import communes

_HEAD = "place_id,name,category,department,commune_code,capacity,mandate_ref"
_COMMUNE = communes()[0].code


def _lines(*lines: str) -> list[Line]:
    return list(judged(csv_table(io.BytesIO("\n".join(lines).encode()))))


def test_a_line_becomes_a_place_and_empty_cells_are_unknown() -> None:
    full, sparse = [line.place for line in _lines(_HEAD, f"7,Chợ Đầm,market,SCT,{_COMMUNE},400,QĐ 1", "8, Quán ,,,,,")]
    assert full is not None
    assert sparse is not None
    assert full.key == b"7"
    assert full.fields["category"] == "MARKET"
    assert full.fields["commune_code"] == _COMMUNE
    assert sparse.fields == {
        "place_id": 8,
        "name": "Quán",
        "category": "UNKNOWN",
        "department": "UNKNOWN",
        "commune_code": 0,
        "capacity": 0,
        "mandate_ref": "",
        "owner_unit": "",
        "owner_head_role": "",
    }


def test_a_place_has_the_unit_that_runs_it_and_the_office_of_its_head() -> None:
    head = "place_id,name,owner_unit,owner_head_role"
    right, nobodys, named = _lines(head, "1,Khoa A,Bệnh viện B,Giám đốc", "2,Khoa C,,Giám đốc", "3,D,Sở Y tế,ông 0901")
    assert right.place is not None
    assert (right.place.fields["owner_unit"], right.place.fields["owner_head_role"]) == ("Bệnh viện B", "Giám đốc")
    assert nobodys.reasons == ("owner_head_role needs an owner_unit: whose head is it?",)
    (reason,) = named.reasons
    assert reason.startswith("owner_head_role holds digits; write the office alone")
    assert "0901" not in reason


def test_optional_columns_may_be_missing_and_others_are_ignored() -> None:
    (line,) = _lines("name,colour,PLACE_ID", "Chợ,red,3")
    assert line.place is not None
    assert (line.place.fields["name"], line.place.fields["place_id"]) == ("Chợ", 3)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("x,Chợ,,,,,", "place_id is 'x', not a whole number from 0 to 2147483647"),
        ("0,Chợ,,,,,", "place_id must be at least 1"),
        (",Chợ,,,,,", "place_id must be at least 1"),
        ("9999999999,Chợ,,,,,", "place_id is '9999999999', not a whole number from 0 to 2147483647"),
        ("1,,,,,,", "name is empty"),
        ("1,Chợ,CASINO,,,,", "category 'CASINO' is unknown; known are UNKNOWN, AGENCY_HQ, "),
        ("1,Chợ,RESTAURENT,,,,", "category 'RESTAURENT' is unknown; the nearest known is RESTAURANT"),
        ("1,Chợ,,,1,,", "commune_code 1 is no commune of the five provinces in 2021"),
        ("1,Chợ,,,,,QĐ 1,và 2", "there are more cells than columns; put quotation marks around "),
    ],
)
def test_a_wrong_line_is_told_why(line: str, reason: str) -> None:
    (found,) = _lines(_HEAD, line)
    assert found.place is None
    assert found.number == 2
    assert len(found.reasons) == 1
    assert found.reasons[0].startswith(reason)


def test_all_that_is_wrong_is_told_at_once() -> None:
    (found,) = _lines(_HEAD, "x,,CASINO,NOBODY,1,many,")
    assert [reason.split()[0] for reason in found.reasons] == [
        "place_id",
        "category",
        "department",
        "capacity",
        "name",
        "commune_code",
    ]


def test_a_place_comes_once() -> None:
    lines = _lines("place_id,name", "1,Chợ", "2,", "1,Quán", "2,Bến")
    assert [line.place is not None for line in lines] == [True, False, False, True]
    assert lines[2].reasons == ("place_id 1 is on line 2, too",)


@pytest.mark.parametrize("name", ["Xe 29B-123.45", "51b12345", "Buýt 30K 1234", "xe 63LD-012.34 tuyến 5"])
def test_a_vehicle_is_not_named_by_its_plate(name: str) -> None:
    (line,) = _lines("place_id,name,category", f"1,{name},PUBLIC_TRANSPORT_VEHICLE")
    assert line.reasons == ("name holds a number plate, which isn't kept; write the route or fleet number instead",)


@pytest.mark.parametrize("name", ["Xe buýt tuyến 19, xe số 7", "Đội xe 24 chỗ số 0012", "Tàu SE3 toa 12"])
def test_a_vehicle_is_named_by_route_or_fleet_number(name: str) -> None:
    (line,) = _lines("place_id,name,category", f'1,"{name}",public_transport_vehicle')
    assert line.place is not None
    assert line.place.fields["category"] == "PUBLIC_TRANSPORT_VEHICLE"


@pytest.mark.parametrize("column", ["plate", "Plate", "biển số"])
def test_a_plate_of_its_own_is_refused_and_not_repeated(column: str) -> None:
    filled, empty = _lines(f"place_id,name,{column}", "1,Tuyến 5,29B12345", "2,Tuyến 6,")
    assert filled.place is None
    assert "29B" not in str(filled.reasons)
    assert "number plates aren't kept: remove the column" in filled.reasons[0]
    assert empty.place is not None


def test_missing_columns_are_named() -> None:
    with pytest.raises(UserError, match=r"The first line must name the columns place_id, name, .+; missing: place_id"):
        _lines("id,name", "1,Chợ")
