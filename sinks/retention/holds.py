"""Whose rows stay for which case: asked for by hand, and traced before every run."""
# ruff: noqa: S608 -- our own tables' names and times

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from clickhouse_connect.driver.client import Client

from sinks.retention.due import instant
from sinks.retention.servers import Servers

_SYNC = {"mutations_sync": "2"}

#: Everybody told of in a case is its person: a case told of the wrong person first keeps both until it is closed.
_CASE_PEOPLE = """
INSERT INTO retention_held (case_id, subject, why, held_at)
SELECT DISTINCT case_id, subject, 'CASE', {now}
FROM cases_effective
WHERE case_id IN (SELECT case_id FROM holds_in_force) AND subject != toFixedString('', 16)
    AND (case_id, subject) NOT IN (SELECT case_id, subject FROM retention_held)
"""

#: One step along the links that stand; repeated until nobody is added.
_LINKED = """
INSERT INTO retention_held (case_id, subject, why, held_at)
SELECT DISTINCT held.case_id, pairs.neighbour, 'LINKED', {now}
FROM retention_held AS held
INNER JOIN
(
    SELECT arrayJoin([(one, two), (two, one)]) AS pair, pair.1 AS subject, pair.2 AS neighbour
    FROM
    (
        SELECT least(subject, other) AS one, greatest(subject, other) AS two
        FROM identity_links
        WHERE verdict = 'ACCEPTED' AND subject != other
        GROUP BY one, two
        HAVING argMax(link_action, (event_time, event_id)) = 'LINK'
    )
) AS pairs ON pairs.subject = held.subject
WHERE (held.case_id, pairs.neighbour) NOT IN (SELECT case_id, subject FROM retention_held)
"""

#: Presence of a person at a place (and trip) in a day, or in the whole span where a place is open overnight: from the
#: first scan to the last, longer by the assumed stay where the way in or out is missing, and by half an hour (who comes
#: in just after). It holds every visit of docs/visits.md, so nobody who may be a contact is left out.
_PRESENCES = """
SELECT
    {key}subject, place_id, trip_id,
    min(event_time) - toIntervalMinute(if(argMin(direction = 'OUT', event_time), any(stay_minutes), 0)) AS starts,
    max(event_time) + toIntervalMinute(if(argMax(direction = 'OUT', event_time), 0, any(stay_minutes)) + 30) AS ends
FROM scans_in_force AS scanned
{people}
LEFT ANY JOIN (SELECT category AS kind, stay_minutes, overnight FROM default_stays FINAL) AS stays
    ON stays.kind = scanned.category
WHERE {condition}
GROUP BY {key}subject, place_id, trip_id, if(overnight, toDate(0), toDate(event_time, 'Asia/Ho_Chi_Minh'))
"""
_OF_CASES = _PRESENCES.format(
    key="case_id, ",
    people="""INNER JOIN
(
    SELECT held.case_id AS case_id, held.subject AS person, infectious_from, infectious_until
    FROM retention_held AS held INNER JOIN holds_in_force AS cases ON cases.case_id = held.case_id
    WHERE held.why != 'CONTACT' AND infectious_from IS NOT NULL
) AS infectious ON infectious.person = scanned.subject""",
    condition="event_time >= infectious_from AND event_time < infectious_until",
)
_OF_OTHERS = _PRESENCES.format(
    key="",
    people="",
    condition="place_id IN (SELECT place_id FROM infectious) AND subject != toFixedString('', 16)",
)
_CONTACTS = f"""
INSERT INTO retention_held (case_id, subject, why, held_at)
WITH infectious AS ({_OF_CASES})
SELECT DISTINCT infectious.case_id, others.subject, 'CONTACT', {{now}}
FROM
(
    {_OF_OTHERS}
) AS others
INNER JOIN infectious ON infectious.place_id = others.place_id AND infectious.trip_id = others.trip_id
WHERE others.starts <= infectious.ends AND infectious.starts <= others.ends
    AND (infectious.case_id, others.subject) NOT IN (SELECT case_id, subject FROM retention_held)
"""
_IN_FORCE = """
SELECT
    lower(hex(holds.case_id)), holds.reason,
    uniqExactIf(held.subject, held.why IN ('CASE', 'LINKED')), uniqExactIf(held.subject, held.why = 'CONTACT')
FROM holds_in_force AS holds
LEFT JOIN retention_held AS held ON held.case_id = holds.case_id
GROUP BY holds.case_id, holds.reason
ORDER BY holds.case_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A case whose rows stay, why, and how many subjects: the person's own and those of contacts."""

    case_id: str
    reason: str
    people: int
    contacts: int


def add_hold(client: Client, *, case_id: bytes, reason: str, now: datetime) -> None:
    """Hold the rows of a case from the next run on, whatever becomes of it; raises the client's exceptions."""
    _act(client, case_id, "ADD", reason, now)


def release_hold(client: Client, *, case_id: bytes, reason: str, now: datetime) -> None:
    """Take back what `add_hold` did: an open case stays held until it is closed."""
    _act(client, case_id, "RELEASE", reason, now)


def knows_case(client: Client, case_id: bytes) -> bool:
    """Tell whether there is any row of a case."""
    found = client.query("SELECT count() FROM cases WHERE case_id = unhex({id:String})", {"id": case_id.hex()})
    return bool(found.result_rows[0][0])


def is_held_by_hand(client: Client, case_id: bytes) -> bool:
    """Tell whether somebody asked for a hold and nobody released it."""
    found = client.query(
        "SELECT argMax(action, made_at) = 'ADD' FROM retention_hold_acts WHERE case_id = unhex({id:String})",
        {"id": case_id.hex()},
    )
    return bool(found.result_rows[0][0])


def trace_holds(client: Client, now: datetime, *, servers: Servers) -> None:
    """Bring `retention_held` up to date: closed cases leave, people, their other pseudonyms and contacts come.

    Contacts once traced stay as long as the case is held, whatever corrections say later. Raises what the client does.
    """

    def insert(statement: str) -> None:
        client.command(servers.asked(statement.format(now=instant(now))))

    gone = "case_id NOT IN (SELECT case_id FROM holds_in_force)"
    if _count(client, gone):
        delete = servers.asked(servers.altered("retention_held", f"DELETE WHERE {gone}"))
        client.command(delete, settings={**_SYNC, **servers.deleting()})
    if not client.query("SELECT 1 FROM holds_in_force LIMIT 1").result_rows:
        return
    insert(_CASE_PEOPLE)
    _follow_links(client, insert)
    if _count(client, "true"):
        insert(_CONTACTS)
        _follow_links(client, insert)


def holds(client: Client) -> Sequence[Hold]:
    """Return the holds in force by case; how many people is as of the last run."""
    return [
        Hold(case_id=str(case_id), reason=str(reason), people=int(people), contacts=int(contacts))
        for case_id, reason, people, contacts in client.query(_IN_FORCE).result_rows
    ]


def _follow_links(client: Client, insert: Callable[[str], None]) -> None:
    before = -1
    while (after := _count(client, "true")) != before:
        before = after
        insert(_LINKED)


def _count(client: Client, condition: str) -> int:
    return int(str(client.command(f"SELECT count() FROM (SELECT * FROM retention_held FINAL) WHERE {condition}")))


def _act(client: Client, case_id: bytes, action: str, reason: str, now: datetime) -> None:
    client.insert(
        "retention_hold_acts",
        [[case_id, action, reason, now]],
        column_names=["case_id", "action", "reason", "made_at"],
    )
