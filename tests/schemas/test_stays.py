"""Every category has a rule, and the rules stay within what the view of visits reads."""

from schemas.enums import Category
from schemas.stays import STAYS


def test_every_category_has_a_rule() -> None:
    assert set(STAYS) == set(Category)


def test_no_assumed_stay_is_longer_than_the_day_that_is_read_around_a_span() -> None:
    assert all(0 <= stay.stay_minutes <= 24 * 60 for stay in STAYS.values())


def test_an_observed_stay_is_no_longer_than_the_four_weeks_that_are_read() -> None:
    assert all(stay.stay_minutes <= stay.most_minutes <= 28 * 24 * 60 for stay in STAYS.values())


def test_only_places_open_overnight_have_stays_of_more_than_a_day() -> None:
    assert all(stay.overnight for stay in STAYS.values() if stay.most_minutes > 24 * 60)


def test_only_a_checkpoint_is_a_point() -> None:
    assert [category for category, stay in STAYS.items() if stay.stay_minutes == 0] == [Category.CHECKPOINT]
