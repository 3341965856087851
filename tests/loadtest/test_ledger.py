import pytest

from loadtest.ledger import Entry, balance

_ENDS = {0: 10, 1: 5}


def _entry(partition: int, first: int, last: int, **changed: int) -> Entry:
    seen = last - first + 1
    plain = Entry(
        partition=partition,
        first=first,
        last=last,
        seen=seen,
        accepted=seen,
        rescan=0,
        retry=0,
        rejected=0,
        late=0,
    )
    return plain._replace(**changed)


_WHOLE = [_entry(0, 0, 3), _entry(0, 4, 9, accepted=2, rescan=1, retry=2, rejected=1, late=1), _entry(1, 0, 4)]


def test_a_ledger_that_covers_every_offset_once_balances() -> None:
    found = balance(_WHOLE, first_offsets={}, ends=_ENDS)
    assert found.balanced
    tally = found.tally
    assert (tally.published, tally.landed, tally.accepted, tally.rescan) == (15, 12, 11, 1)
    assert (tally.retry, tally.rejected, tally.late) == (2, 1, 1)


@pytest.mark.parametrize(
    ("entries", "fault"),
    [
        ([_entry(0, 0, 3), _entry(0, 5, 9), _entry(1, 0, 4)], "a hole, not from 4"),
        ([_entry(0, 0, 4), _entry(0, 4, 9), _entry(1, 0, 4)], "an overlap, not from 5"),
        ([_entry(0, 0, 9, retry=1), _entry(1, 0, 4)], "don't add up to the 10 events"),
        ([_entry(0, 0, 9, seen=9, accepted=9), _entry(1, 0, 4)], "9 events seen"),
        ([_entry(0, 0, 9)], "partition 1: the ledger ends at 0, the topic at 5"),
    ],
)
def test_a_ledger_that_does_not_is_named_with_its_fault(entries: list[Entry], fault: str) -> None:
    found = balance(entries, first_offsets={}, ends=_ENDS)
    assert not found.balanced
    assert any(fault in sentence for sentence in found.faults)


def test_a_run_counts_from_where_its_partitions_ended_before() -> None:
    entries = [_entry(0, 4, 9), _entry(1, 0, 4)]
    assert balance(entries, first_offsets={0: 4}, ends=_ENDS).balanced
    assert not balance(entries, first_offsets={}, ends=_ENDS).balanced


def test_an_empty_ledger_of_an_empty_topic_balances() -> None:
    assert balance([], first_offsets={}, ends={0: 0}).balanced
