"""Whatever is done to a log shows, in its chain or before the witness."""

import json
import random
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.audit import Act, Entry, NoEntry, faults, faults_against, next_entry, read_entry, write_entry

_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_acts = st.builds(
    Act,
    at=_texts,
    actor=_texts,
    action=_texts,
    subjects=st.lists(_texts, max_size=3).map(tuple),
    case=_texts,
    reason=_texts,
    approved_by=_texts,
    outcome=_texts,
)


def log_of(acts: list[Act]) -> list[Entry]:
    """Return the log of these acts."""
    entries: list[Entry] = []
    for act in acts:
        entries.append(next_entry(entries[-1] if entries else None, act))
    return entries


def lines(entries: list[Entry]) -> list[str]:
    """Return a log's lines."""
    return [write_entry(entry) for entry in entries]


def a_log(length: int) -> list[Entry]:
    """Return a log of some openings."""
    act = Act(
        at="2021-09-01T00:00:00.000+00:00",
        actor="an",
        action="open",
        subjects=("0a" * 16,),
        case="F0-12",
        reason="trace",
        approved_by="binh",
        outcome="granted",
    )
    return log_of([act] * length)


@given(st.lists(_acts, max_size=5))
def test_a_log_is_read_as_it_was_written_and_has_no_faults(acts: list[Act]) -> None:
    entries = log_of(acts)
    assert [read_entry(line) for line in lines(entries)] == entries
    assert all("\n" not in line for line in lines(entries))
    assert faults(lines(entries)) == []
    assert faults_against(entries, [(entry.number, entry.hash) for entry in entries]) == []


@given(st.integers(2, 6), st.randoms(use_true_random=False))
def test_entries_left_out_moved_or_repeated_show(length: int, chance: random.Random) -> None:
    entries = a_log(length)
    changed = chance.choice(
        [
            entries[1:],
            [*entries[: length - 2], entries[-1]],
            [entries[1], entries[0], *entries[2:]],
            [*entries, chance.choice(entries)],
        ]
    )
    assert faults(lines(changed)) != []


@given(_acts, _acts, st.data())
def test_any_field_changed_shows(one: Act, other: Act, data: st.DataObject) -> None:
    entries = log_of([one, one, one])
    name = data.draw(st.sampled_from(sorted(asdict(one))))
    act = asdict(one) | {name: asdict(other)[name]}
    forged = json.loads(write_entry(entries[1])) | {"act": act}
    found = faults([write_entry(entries[0]), json.dumps(forged), write_entry(entries[2])])
    assert (found == []) == (asdict(one)[name] == asdict(other)[name])


def test_faults_say_which_entry() -> None:
    entries = a_log(5)
    assert faults(lines([entries[0], entries[3], entries[4]])) == ["Entries 2 to 3 are missing."]
    assert faults(lines([entries[0], entries[2]])) == ["Entry 2 is missing."]
    assert faults(lines([entries[0], entries[2], entries[1]]))[-1] == "Entry 2 comes after entry 3."
    assert faults([*lines(entries[:2]), "nonsense", *lines(entries[2:])]) == ["Line 3 is no entry."]


def test_an_entry_made_anew_with_a_right_hash_does_not_fit_its_neighbours() -> None:
    entries = a_log(3)
    forged = next_entry(entries[0], Act(**(asdict(entries[1].act) | {"reason": "none"})))
    assert faults(lines([entries[0], forged, entries[2]])) == [
        "Entry 3 does not follow what is before it: one of the two was replaced."
    ]


def test_a_log_written_anew_from_some_entry_on_or_cut_off_shows_before_the_witness() -> None:
    entries = a_log(4)
    seen = [(entry.number, entry.hash) for entry in entries]
    forged = log_of([entries[0].act, Act(**(asdict(entries[1].act) | {"actor": "nobody"})), entries[2].act])
    assert faults(lines(forged)) == []
    assert faults_against(forged, seen) == [
        "Entry 4 is missing; the witness has seen it.",
        "Entry 2 is not the one the witness has seen.",
        "Entry 3 is not the one the witness has seen.",
    ]
    assert faults_against([], seen)[0] == "Entry 1 is missing; the witness has seen it."
    assert faults_against(entries, [*seen, (2, "f" * 64)]) == ["Entry 2 is not the one the witness has seen."]


def test_only_the_last_entry_may_be_unseen() -> None:
    entries = a_log(3)
    seen = [(entry.number, entry.hash) for entry in entries]
    assert faults_against(entries, seen[:2]) == []
    assert faults_against(entries, seen[:1]) == ["Entry 2 was added later; the witness has never seen it."]


@pytest.mark.parametrize("line", ["", "{}", "[]", "1", '{"act": 1}', '{"act": {"subjects": []}}', "[" * 100_000])
def test_what_is_no_entry_is_refused(line: str) -> None:
    with pytest.raises(NoEntry):
        read_entry(line)


def test_an_entry_with_a_field_of_another_type_is_none() -> None:
    written = json.loads(write_entry(a_log(1)[0]))
    for field in ("number", "previous", "hash"):
        assert faults([json.dumps(written | {field: None})]) == ["Line 1 is no entry."]
