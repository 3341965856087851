"""What a poster says, in Vietnamese."""

from functools import cache

from deploy.places import Place
from schemas.admin_units import Commune, communes
from schemas.enums import Category

_VEHICLE = Category.PUBLIC_TRANSPORT_VEHICLE.name
_PLACE = "Địa điểm"
_CATEGORIES = {
    "AGENCY_HQ": "Trụ sở cơ quan",
    "CITIZEN_RECEPTION": "Trụ sở tiếp công dân",
    "PUBLIC_ADMIN_CENTER": "Trung tâm hành chính công",
    "ONE_STOP_DISTRICT": "Bộ phận một cửa cấp huyện",
    "ONE_STOP_COMMUNE": "Bộ phận một cửa cấp xã",
    "ONE_STOP_VERTICAL": "Bộ phận một cửa ngành dọc",
    "HOSPITAL": "Bệnh viện",
    "HEALTH_FACILITY": "Cơ sở y tế",
    "SCHOOL": "Trường học",
    "TRAINING": "Cơ sở đào tạo",
    "COMPANY": "Công ty",
    "FACTORY": "Nhà máy",
    "PRODUCTION_BUSINESS": "Cơ sở sản xuất, kinh doanh",
    "SUPERMARKET": "Siêu thị",
    "HOTEL": "Khách sạn",
    "LODGING": "Cơ sở lưu trú",
    "RESTAURANT": "Nhà hàng",
    "EATERY": "Quán ăn",
    "CAFE": "Quán cà phê",
    "PUBLIC_TRANSPORT_VEHICLE": "Phương tiện vận chuyển công cộng",
    "PUBLIC_SERVICE_POINT": "Điểm dịch vụ công cộng",
    "STATE_AGENCY": "Cơ quan nhà nước",
    "PUBLIC_PLACE": "Địa điểm công cộng",
    "CROWDED_PLACE": "Nơi tập trung đông người",
    "CHECKPOINT": "Chốt kiểm dịch",
    "ISOLATION_SITE": "Cơ sở cách ly tập trung",
    "MARKET": "Chợ",
    "PARK": "Công viên",
    "APARTMENT_BLOCK": "Chung cư",
}
HELP = "Không có điện thoại thông minh? Xin báo người trực để được ghi nhận giúp."


def headline(place: Place) -> tuple[str, str]:
    """Return the two lines of the heading."""
    when = "KHI LÊN VÀ XUỐNG XE" if place.fields["category"] == _VEHICLE else "KHI ĐẾN VÀ ĐI"
    return "QUÉT MÃ QR", when


def steps(place: Place) -> tuple[str, str, str]:
    """Return what to do, one line each."""
    moving = place.fields["category"] == _VEHICLE
    arrive, leave = ("Lên xe", "Xuống xe") if moving else ("Đến", "Đi")
    return (
        "Mở ứng dụng khai báo y tế, chọn “Quét mã QR”.",
        f"Hướng camera vào mã, chọn “{arrive}”.",
        f"Trước khi {'xuống xe' if moving else 'ra về'}, quét lại và chọn “{leave}”.",
    )


def address(place: Place) -> str:
    """Return commune, district and province, empty where the commune isn't known."""
    commune = _communes().get(place.fields["commune_code"])
    return f"{commune.name}, {commune.district}, {commune.province}" if commune else ""


def category(place: Place) -> str:
    """Return what kind of place it is."""
    return _CATEGORIES.get(place.fields["category"], _PLACE)


def reference(place: Place) -> str:
    """Return the line of small print: the kind of place, its number, and the order that obliges it."""
    parts = [category(place), f"Mã số {place.fields['place_id']}"]
    if place.fields["mandate_ref"]:
        parts.append(f"Theo {place.fields['mandate_ref']}")
    return " · ".join(parts)


@cache
def _communes() -> dict[int, Commune]:
    return {commune.code: commune for commune in communes()}
