"""A poster can be scanned, and everything on it is inside its room, whatever the place is called."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFilter

from deploy.posters.font import printable, width_of
from deploy.posters.png import as_image
from deploy.posters.poster import poster
from deploy.posters.sheet import Box, Code, Weight, Words
from deploy.posters.svg import as_svg
from schemas.admin_units import communes
from schemas.enums import Category
from schemas.qr.place import place_text, place_url
from schemas.qr.read import read
from schemas.qr.result import PlaceCode
from tests.deploy.posters.samples import code_in, place, scanned

_BASE = "https://scan.example/p"
_LONG = "Trung tâm Phục vụ Hành chính công và Xúc tiến Đầu tư huyện Hương Khê, Bộ phận Tiếp nhận và Trả kết quả số 2"


def _words(name: str, *, category: Category = Category.MARKET, commune_code: int = 0) -> list[str]:
    sheet = poster(place(123, name, category=category, commune_code=commune_code))
    return [shape.text for shape in sheet.shapes if isinstance(shape, Words)]


@pytest.mark.parametrize("base_url", ["", _BASE])
@pytest.mark.parametrize("place_id", [1, 2**31 - 1])
def test_a_drawn_poster_is_scanned_back(place_id: int, base_url: str) -> None:
    sheet = poster(place(place_id, _LONG, commune_code=communes()[0].code), base_url=base_url)
    text = place_url(place_id, base=base_url) if base_url else place_text(place_id)
    assert scanned(code_in(as_svg(sheet))) == [text]
    assert read(text) == PlaceCode(place_id=place_id)


def test_the_printed_poster_is_scanned_back_from_a_bad_photo() -> None:
    image = as_image(poster(place(123, _LONG)))
    assert image.size == (2480, 3508)
    photo = image.resize((420, 594)).rotate(8, expand=True, fillcolor="grey").filter(ImageFilter.GaussianBlur(1))
    assert scanned(photo) == [place_text(123)]


def test_a_poster_says_where_it_hangs_and_what_to_do() -> None:
    commune = next(one for one in communes() if one.name == "Phường Hàm Rồng")
    assert _words("Chợ Đầm", commune_code=commune.code) == [
        "QUÉT MÃ QR",
        "KHI ĐẾN VÀ ĐI",
        "Chợ Đầm",
        "Phường Hàm Rồng, Thành phố Thanh Hóa, Tỉnh Thanh Hóa",
        "VNPL1.123.0733752534",
        "1",
        "Mở ứng dụng khai báo y tế, chọn “Quét mã QR”.",
        "2",
        "Hướng camera vào mã, chọn “Đến”.",
        "3",
        "Trước khi ra về, quét lại và chọn “Đi”.",
        "Không có điện thoại thông minh? Xin báo người trực để được ghi nhận giúp.",
        "Chợ · Mã số 123 · Theo 1324/BTTTT-THH",
    ]


def test_a_vehicle_is_boarded_and_left() -> None:
    words = _words("Xe buýt tuyến 19", category=Category.PUBLIC_TRANSPORT_VEHICLE)
    assert words[1] == "KHI LÊN VÀ XUỐNG XE"
    assert "Trước khi xuống xe, quét lại và chọn “Xuống xe”." in words


@pytest.mark.parametrize("category", Category)
def test_every_category_has_a_name(category: Category) -> None:
    kind = _words("Nơi này", category=category)[-1].split(" · ")[0]
    assert (kind == "Địa điểm") == (category in {Category.UNKNOWN, Category.OTHER})


def test_the_font_has_every_letter_of_the_communes_and_of_vietnamese() -> None:
    letters = "aăâeêioôơuưyđ" + "".join(
        vowel + mark for vowel in "aăâeêioôơuưy" for mark in "\u0300\u0301\u0303\u0309\u0323"
    )
    names = {name for commune in communes() for name in (commune.name, commune.district, commune.province)}
    assert all("?" not in printable(text) for text in (letters, letters.upper(), *names))
    assert printable("Cà phê 咖啡 ☕") == "Cà phê ?? ?"


@settings(max_examples=30)
@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=300))
def test_whatever_the_name_everything_keeps_to_its_room(name: str) -> None:
    shapes = poster(place(1, name, commune_code=communes()[0].code)).shapes
    (code,) = (shape for shape in shapes if isinstance(shape, Code))
    frame = next(shape for shape in shapes if isinstance(shape, Box) and shape.radius > 5)
    band = next(shape for shape in shapes if isinstance(shape, Box) and shape.y == 0 and shape.height < 100)
    for words in (shape for shape in shapes if isinstance(shape, Words)):
        half = width_of(words.text, size=words.size, weight=words.weight) / (2 if words.centred else 1)
        assert (words.x - half >= 10) if words.centred else (words.x >= 10)
        assert words.x + half <= 200
        above, below = words.y - words.size, words.y + 0.3 * words.size
        assert below <= band.height or above >= band.height - 1
        assert below <= frame.y + 1 or above >= frame.y + frame.height
    assert code.x - frame.x == pytest.approx(code.y - frame.y)


def test_an_svg_is_safe_whatever_the_name() -> None:
    svg = as_svg(poster(place(1, 'Quán "A" & <script>')))
    assert "<script>" not in svg
    assert "&lt;script&gt;" in svg


def test_a_long_name_is_cut_with_an_ellipsis() -> None:
    words = _words("Trung tâm " * 40)
    assert words[5].endswith("…")
    assert all(width_of(line, size=7, weight=Weight.BOLD) <= 182 for line in words[2:6])
