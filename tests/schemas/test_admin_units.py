from collections import Counter, defaultdict

from schemas.admin_units import communes


def test_the_five_provinces_have_their_communes_of_2021() -> None:
    assert Counter(commune.province_code for commune in communes()) == {38: 559, 42: 216, 64: 220, 75: 170, 94: 109}


def test_there_are_1274_communes_in_79_districts() -> None:
    assert len(communes()) == 1_274
    assert len({commune.district_code for commune in communes()}) == 79


def test_communes_are_ordered_by_code_and_no_code_repeats() -> None:
    codes = [commune.code for commune in communes()]
    assert codes == sorted(set(codes))


def test_codes_have_the_widths_of_the_landed_columns() -> None:
    assert all(0 < commune.code <= 0xFFFF for commune in communes())
    assert all(0 < commune.district_code <= 0xFFFF for commune in communes())
    assert all(0 < commune.province_code <= 0xFF for commune in communes())


def test_a_district_lies_in_one_province_and_has_one_name() -> None:
    homes: dict[int, set[tuple[str, int, str]]] = defaultdict(set)
    for commune in communes():
        homes[commune.district_code].add((commune.district, commune.province_code, commune.province))
    assert {code for code, found in homes.items() if len(found) > 1} == set()


def test_names_are_clean() -> None:
    for commune in communes():
        for name in (commune.name, commune.district, commune.province):
            assert name == " ".join(name.split())
            assert name


def test_names_repeat_so_codes_must_be_joined() -> None:
    assert len({commune.name for commune in communes()}) < len(communes())
