"""The rule of each feed: what its schema can't say. The orders' numbers are cited where they come from (domain.md)."""

from collections.abc import Mapping

from schemas import kinds
from schemas.enums import Reason
from schemas.kinds import Feed
from schemas.report_enums import (
    AreaLevel,
    CorrectionAction,
    DecisionAbout,
    IsolationAction,
    PlaceAction,
    Regime,
    UpdateStatus,
)
from streams.rules.areas import is_no_unit
from streams.rules.fields import (
    are_the_same,
    both,
    differs,
    equals,
    has_text,
    is_between,
    is_empty_text,
    is_nobody,
    is_the_subject,
)
from streams.rules.periods import ends_before_it_begins, is_empty, is_told_before, lasts_longer
from streams.rules.rule import Rule
from streams.window.rules import DAY_MS

#: 72 hours; to the end of the third calendar day, the first one counted, is no longer (Sóc Trăng; domain.md N1).
_LONGEST_PASS_MS = 3 * DAY_MS
#: Between "not taken" (0) and this a body temperature is a slip of the pen.
_LEAST_TEMPERATURE_C10, _MOST_TEMPERATURE_C10 = 300, 450
_MOST_INT = 1 << 31

_NONE = Rule()
_NO_AREA = (Reason.BAD_REFERENCE, is_no_unit(level="level", code="area_code"))
_SPAN = Rule(refusals=((Reason.BAD_PERIOD, ends_before_it_begins(begin="valid_from", end="valid_until")),))

RULES: Mapping[Feed, Rule] = {
    kinds.DECLARATION: Rule(refusals=((Reason.CONTRADICTION, is_the_subject("declarant")),)),
    kinds.UPDATE: Rule(
        refusals=(
            (Reason.CONTRADICTION, is_between("temperature_c10", above=0, below=_LEAST_TEMPERATURE_C10)),
            (Reason.CONTRADICTION, is_between("temperature_c10", above=_MOST_TEMPERATURE_C10, below=_MOST_INT)),
            (Reason.CONTRADICTION, both(differs("status", UpdateStatus.SUBMITTED), differs("symptoms", 0))),
        )
    ),
    kinds.PASS: Rule(
        refusals=(
            (Reason.BAD_REFERENCE, is_nobody("pass_id")),
            (Reason.BAD_PERIOD, is_empty(begin="valid_from", end="valid_until")),
            (Reason.BAD_PERIOD, lasts_longer(begin="valid_from", end="valid_until", most_ms=_LONGEST_PASS_MS)),
        )
    ),
    kinds.ISOLATION: Rule(
        refusals=(
            (Reason.BAD_REFERENCE, is_nobody("isolation_id")),
            (Reason.BAD_PERIOD, both(differs("action", IsolationAction.ENDED), equals("days", 0))),
        )
    ),
    kinds.LOCKDOWN: Rule(
        refusals=(
            (Reason.BAD_REFERENCE, is_nobody("lockdown_id")),
            _NO_AREA,
            *_SPAN.refusals,
            (Reason.CONTRADICTION, both(equals("level", AreaLevel.HAMLET), is_empty_text("hamlet"))),
            (Reason.CONTRADICTION, both(differs("level", AreaLevel.HAMLET), has_text("hamlet"))),
        )
    ),
    kinds.CASE: Rule(
        refusals=(
            (Reason.BAD_REFERENCE, is_nobody("case_id")),
            (Reason.BAD_PERIOD, ends_before_it_begins(begin="infectious_from", end="infectious_until")),
            (Reason.BAD_PERIOD, is_told_before(happened="onset")),
        )
    ),
    kinds.TEST: Rule(
        refusals=(
            (Reason.BAD_REFERENCE, is_nobody("test_id")),
            (Reason.BAD_PERIOD, is_told_before(happened="sampled")),
        )
    ),
    kinds.VACCINATION: Rule(refusals=((Reason.BAD_PERIOD, is_told_before(happened="given")),)),
    kinds.DECISION: Rule(
        refusals=(
            _NO_AREA,
            *_SPAN.refusals,
            (Reason.CONTRADICTION, both(equals("about", DecisionAbout.RISK), equals("risk_level", 0))),
            (Reason.CONTRADICTION, both(equals("about", DecisionAbout.REGIME), differs("risk_level", 0))),
            (Reason.CONTRADICTION, both(equals("about", DecisionAbout.RISK), differs("regime", Regime.NONE))),
            (Reason.BAD_REFERENCE, is_empty_text("decision_ref")),
        )
    ),
    kinds.PLACE_EVENT: Rule(
        refusals=(
            (Reason.CONTRADICTION, both(differs("action", PlaceAction.SAFETY_ASSESSED), differs("safety_score", 0))),
        )
    ),
    kinds.LINK: Rule(
        refusals=((Reason.BAD_REFERENCE, is_nobody("other")), (Reason.CONTRADICTION, is_the_subject("other")))
    ),
    kinds.CORRECTION: Rule(
        refusals=(
            (Reason.BAD_REFERENCE, is_nobody("corrects")),
            (Reason.CONTRADICTION, both(equals("action", CorrectionAction.REPLACE), is_nobody("replacement"))),
            (Reason.CONTRADICTION, are_the_same("corrects", "replacement")),
        )
    ),
}


def rule_of(feed: Feed) -> Rule:
    """Return the feed's rule; one that refuses nothing for feeds that need none."""
    return RULES.get(feed, _NONE)
