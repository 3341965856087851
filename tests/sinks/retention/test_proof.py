"""A proof says what was done in words, and its digest changes with anything it says."""

from dataclasses import replace
from datetime import UTC, datetime

from sinks.retention.holds import Hold
from sinks.retention.proof import Account, Proof, render

ACCOUNT = Account(
    table="scans", province=42, days=28, rows_before=9, deleted=4, rows_after=5, held=1, waiting=0, remaining=0,
    oldest=datetime(2021, 8, 1, tzinfo=UTC),
)  # fmt: skip
PROOF = Proof(
    run_at=datetime(2021, 9, 1, tzinfo=UTC),
    accounts=(ACCOUNT, replace(ACCOUNT, table="cases")),
    holds=(Hold(case_id="0a" * 16, reason="case open", people=2, contacts=3),),
)


def test_words_tell_what_was_done_and_what_is_only_planned() -> None:
    assert "8 rows deleted" in render(PROOF)
    assert PROOF.digest in render(PROOF)
    assert "(case open): 2 pseudonyms, and 3 of contacts" in render(PROOF)
    assert render(PROOF, planned=True).endswith("8 rows would go; nothing was deleted.")
    unfinished = replace(PROOF, accounts=(replace(ACCOUNT, remaining=1),))
    assert (unfinished.complete, "run it again" in render(unfinished)) == (False, True)


def test_the_digest_is_of_everything_in_any_order() -> None:
    assert replace(PROOF, accounts=PROOF.accounts[::-1]).digest == PROOF.digest
    changed = [
        replace(PROOF, accounts=PROOF.accounts[:1]),
        replace(PROOF, holds=()),
        replace(PROOF, run_at=datetime(2021, 9, 2, tzinfo=UTC)),
        replace(PROOF, accounts=(replace(ACCOUNT, oldest=None), PROOF.accounts[1])),
    ]
    assert len({PROOF.digest, *(it.digest for it in changed)}) == 5
