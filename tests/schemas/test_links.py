"""Links resolve to people, whatever the order and number of times they arrive."""

import random
from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from schemas.links import Link, people, person_of, subjects_of
from schemas.report_enums import LinkAction


def subject(number: int) -> bytes:
    """Return the subject of a number; they sort as their numbers do."""
    return number.to_bytes(16, "big")


def link(one: int, other: int, *, at: int = 0, event: int = 0, action: LinkAction = LinkAction.LINK) -> Link:
    """Return an event about two subjects."""
    return Link(event_id=subject(event), subject=subject(one), other=subject(other), event_time_ms=at, action=action)


_events = st.lists(
    st.builds(
        link,
        st.integers(1, 8),
        st.integers(1, 8),
        at=st.integers(0, 3),
        event=st.integers(0, 10_000),
        action=st.sampled_from(LinkAction),
    ),
    max_size=20,
    unique_by=lambda it: it.event_id,
)


def flooded(links: list[Link]) -> dict[bytes, bytes]:
    """Resolve by brute force: of each pair its latest event, then spread the smallest subject until nothing changes."""
    pairs = {frozenset((it.subject, it.other)) for it in links}
    edges = []
    for pair in pairs:
        events = [it for it in links if frozenset((it.subject, it.other)) == pair]
        if len(pair) == 2 and max(events, key=lambda it: (it.event_time_ms, it.event_id)).action is LinkAction.LINK:
            edges.append(tuple(pair))
    found = {one: one for edge in edges for one in edge}
    for _ in found:
        for one, other in edges:
            found[one] = found[other] = min(found[one], found[other])
    return found


@given(_events, st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_gives_what_brute_force_does(links: list[Link], chance: random.Random) -> None:
    arrived = [*links, *chance.choices(links, k=3)] if links else []
    chance.shuffle(arrived)
    turned = [replace(it, subject=it.other, other=it.subject) if chance.random() < 0.5 else it for it in arrived]
    assert people(turned) == flooded(links)


def test_a_chain_is_one_person_called_by_the_smallest_subject() -> None:
    found = people([link(7, 5), link(5, 9), link(9, 3), link(20, 21)])
    assert {person_of(found, subject(number)) for number in (3, 5, 7, 9)} == {subject(3)}
    assert subjects_of(found, subject(3)) == {subject(number) for number in (3, 5, 7, 9)}
    assert person_of(found, subject(21)) == subject(20)


def test_a_subject_nobody_linked_is_a_person_of_its_own() -> None:
    found = people([link(1, 2)])
    assert person_of(found, subject(9)) == subject(9)
    assert subjects_of(found, subject(9)) == {subject(9)}


def test_an_unlink_takes_back_the_link_between_these_two_only() -> None:
    links = [link(1, 2, at=1, event=1), link(2, 3, at=1, event=2)]
    mistake = link(3, 2, at=2, event=3, action=LinkAction.UNLINK)
    assert people([*links, mistake]) == people([mistake, *links]) == {subject(1): subject(1), subject(2): subject(1)}
    another_way = link(1, 3, at=1, event=4)
    assert person_of(people([*links, mistake, another_way]), subject(3)) == subject(1)


def test_a_link_made_again_after_an_unlink_stands() -> None:
    undone = link(1, 2, at=5, action=LinkAction.UNLINK)
    assert people([link(1, 2, at=6, event=1), undone]) == {subject(1): subject(1), subject(2): subject(1)}
    assert people([link(1, 2, at=4, event=1), undone]) == {}


def test_a_subject_linked_to_itself_changes_nothing() -> None:
    assert people([link(4, 4)]) == {}


def test_thousands_in_a_chain_are_resolved() -> None:
    numbers = list(range(1, 20_001))
    random.Random(3).shuffle(numbers)
    found = people([link(one, other) for one, other in pairwise(numbers)])
    assert set(found.values()) == {subject(1)}
    assert len(found) == 20_000
