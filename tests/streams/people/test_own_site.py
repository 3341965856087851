"""Who is at the site they are isolated at, and whose scan elsewhere is a breach."""

import numpy as np
import pytest

from schemas.decode import decode_batch, spans_of
from schemas.enums import Category, Flag
from schemas.kinds import VENUE
from schemas.plan import plan_of
from schemas.report_enums import IsolationAction, IsolationKind
from schemas.wire import encode
from streams.people.enrich import PeopleLookup
from streams.people.facts import facts_of
from streams.people.index import PeopleIndex
from streams.window.rules import DAY_MS
from tests.schemas.samples import plain_record
from tests.streams.people.events import START_MS, add, feed_of, identity, record_of
from tests.streams.people.oracle import Isolation

_SITE, _OTHER = 7, 8
_COMMUNE, _OTHER_COMMUNE = 26_041, 26_044
_BREACH, _OWN = Flag.ISOLATED, Flag.ISOLATED | Flag.OWN_SITE


def _isolation(
    action: IsolationAction = IsolationAction.ASSIGNED,
    *,
    told: int = START_MS,
    site: int = _SITE,
    kind: IsolationKind = IsolationKind.CENTRALISED,
    commune: int = _COMMUNE,
) -> Isolation:
    return Isolation(
        subject=1, thing=1, told=told, action=action, starts=told, days=14, kind=kind, site=site, commune=commune
    )


def _index(*events: Isolation) -> PeopleIndex:
    index = PeopleIndex()
    add(index, events)
    return index


def _flags(
    index: PeopleIndex,
    *,
    place: int,
    when: int = START_MS,
    category: Category = Category.ISOLATION_SITE,
    commune: int = _COMMUNE,
) -> int:
    scan = plain_record(VENUE) | {"subject": identity(1), "place_id": place}
    columns, _ = decode_batch(plan_of(VENUE), spans_of([encode(VENUE, scan)]))
    flags = np.zeros(1, np.uint16)
    PeopleLookup(people=lambda: index.people).enrich(
        VENUE,
        columns,
        order=np.arange(1),
        event_ms=np.array([when]),
        flags=flags,
        of_place={"category": np.array([category], np.int8), "commune": np.array([commune], np.uint16)},
    )
    return int(flags[0])


@pytest.mark.parametrize("category", [Category.ISOLATION_SITE, Category.HOTEL])
def test_at_the_place_one_is_assigned_to_one_is_at_ones_own_site(category: Category) -> None:
    assert _flags(_index(_isolation()), place=_SITE, category=category) == _OWN


@pytest.mark.parametrize("category", [Category.ISOLATION_SITE, Category.MARKET])
def test_anywhere_else_one_is_not_be_it_a_site_of_others(category: Category) -> None:
    assert _flags(_index(_isolation()), place=_OTHER, category=category) == _BREACH


@pytest.mark.parametrize(("commune", "flags"), [(_COMMUNE, _OWN), (_OTHER_COMMUNE, _BREACH), (0, _BREACH)])
def test_isolated_at_home_one_may_be_in_the_homes_commune(commune: int, flags: int) -> None:
    index = _index(_isolation(site=0, kind=IsolationKind.HOME))
    assert _flags(index, place=_OTHER, category=Category.HEALTH_FACILITY, commune=commune) == flags


def test_where_the_home_is_not_known_nothing_is_its_area() -> None:
    assert _flags(_index(_isolation(site=0, kind=IsolationKind.HOME, commune=0)), place=_OTHER, commune=0) == _BREACH


@pytest.mark.parametrize(("category", "flags"), [(Category.ISOLATION_SITE, _OWN), (Category.MARKET, _BREACH)])
def test_where_the_order_names_no_site_it_may_be_any(category: Category, flags: int) -> None:
    assert _flags(_index(_isolation(site=0)), place=_OTHER, category=category) == flags


def test_who_was_moved_belongs_to_the_new_site_from_then_on() -> None:
    moved = _isolation(IsolationAction.MOVED, told=START_MS + DAY_MS, site=_OTHER)
    index = _index(moved, _isolation())
    times = [START_MS + DAY_MS - 1, START_MS + DAY_MS]
    assert [_flags(index, place=_SITE, when=when) for when in times] == [_OWN, _BREACH]
    assert [_flags(index, place=_OTHER, when=when) for when in times] == [_BREACH, _OWN]


def test_who_was_released_is_neither() -> None:
    index = _index(_isolation(), _isolation(IsolationAction.ENDED, told=START_MS + DAY_MS))
    assert _flags(index, place=_SITE, when=START_MS + DAY_MS) == 0


def test_an_order_that_is_withdrawn_takes_its_site_along() -> None:
    index, first, moved = PeopleIndex(), b"a" * 16, b"b" * 16
    orders = {first: _isolation(), moved: _isolation(IsolationAction.MOVED, told=START_MS + DAY_MS, site=_OTHER)}
    for event_id, event in orders.items():
        record = record_of(event) | {"event_id": event_id}
        columns, _ = decode_batch(plan_of(feed_of(event)), spans_of([encode(feed_of(event), record)]))
        found = facts_of(feed_of(event), columns, columns.integer("event_time"))
        index.add(found.keys, found.facts, logged_ms=START_MS)
    index.mark(identity(1), moved, withdrawn=True, logged_ms=START_MS)
    when = START_MS + DAY_MS
    assert [_flags(index, place=place, when=when) for place in (_SITE, _OTHER)] == [_OWN, _BREACH]


def test_who_is_moved_home_belongs_there_from_then_on() -> None:
    home = _isolation(IsolationAction.MOVED, told=START_MS + DAY_MS, site=0, kind=IsolationKind.HOME)
    index, when = _index(home, _isolation(commune=_OTHER_COMMUNE)), START_MS + DAY_MS
    assert [_flags(index, place=_OTHER, when=moment) for moment in (when - 1, when)] == [_BREACH, _OWN]
    assert [_flags(index, place=_SITE, when=when, commune=_OTHER_COMMUNE)] == [_BREACH]
