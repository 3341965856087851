"""Questions an analyst asks, with their answers as text."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from loadtest.ledger import Asks


@dataclass(frozen=True, slots=True)
class Question:
    """A question in words and in SQL."""

    words: str
    sql: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A question, and the names and rows of its answer as text."""

    question: Question
    columns: list[str]
    rows: list[list[str]]


QUESTIONS = (
    Question(
        "How many scans and people were there in each province, and how many of them came late?",
        """
SELECT province_name, countIf(verdict = 'ACCEPTED') AS scans, uniqExactIf(subject, verdict = 'ACCEPTED') AS people,
    countIf(verdict = 'RESCAN') AS rescans, countIf(lateness != 'ON_TIME') AS late
FROM scans_enriched
WHERE logged_at > now() - INTERVAL 1 HOUR AND province != 0
GROUP BY province_name ORDER BY scans DESC
""",
    ),
    Question(
        "Which places in communes at high risk (level 3 and 4) were the busiest in the last hour?",
        """
SELECT place_name, commune_name, risk_level, countIf(verdict = 'ACCEPTED') AS scans,
    uniqExact(subject) AS people
FROM scans_enriched
WHERE event_time > now() - INTERVAL 1 HOUR AND risk_level >= 3
GROUP BY place_name, commune_name, risk_level ORDER BY scans DESC LIMIT 5
""",
    ),
    Question(
        "Somebody tests positive: who else was at the same places within 15 minutes of them?",
        """
WITH person AS (
    SELECT subject FROM scans WHERE verdict = 'ACCEPTED' AND event_time > now() - INTERVAL 1 HOUR
    GROUP BY subject ORDER BY uniq(place_id) DESC, subject LIMIT 1
), visits AS (
    SELECT place_id, event_time AS at FROM scans WHERE subject IN person AND verdict = 'ACCEPTED'
)
SELECT place_name, category, uniqExact(subject) AS contacts, min(event_time) AS first, max(event_time) AS last
FROM scans_enriched INNER JOIN visits ON scans_enriched.place_id = visits.place_id
WHERE subject NOT IN person AND verdict = 'ACCEPTED' AND abs(dateDiff('second', event_time, visits.at)) <= 900
GROUP BY place_name, category ORDER BY contacts DESC LIMIT 5
""",
    ),
    Question(
        "Which alerts were raised, and who has to act on them?",
        """
SELECT type, severity, role, count() AS alerts, max(logged_at) AS last
FROM alerts
WHERE logged_at > now() - INTERVAL 1 HOUR
GROUP BY type, severity, role ORDER BY alerts DESC
""",
    ),
)


def ask(client: Asks, question: Question) -> Answer:
    """Return the answer of a question."""
    result = client.query(question.sql)
    return Answer(question, list(result.column_names), [[_text(value) for value in row] for row in result.result_rows])


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%H:%M:%S}"
    return f"{value:,}" if isinstance(value, int) else str(value)
