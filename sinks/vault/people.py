"""Which subjects are the same person as one."""

from collections.abc import Collection

from clickhouse_connect.driver.client import Client

# As in the view `people`, but only for the pairs some subjects are in: the view resolves everybody's.
_NEIGHBOURS = """
WITH (SELECT groupArray(toFixedString(unhex(arrayJoin({subjects:Array(String)})), 16))) AS wanted
SELECT arrayJoin([least(subject, other), greatest(subject, other)])
FROM identity_links
WHERE verdict = 'ACCEPTED' AND (has(wanted, subject) OR has(wanted, other))
GROUP BY least(subject, other), greatest(subject, other)
HAVING argMax(link_action, (event_time, event_id)) = 'LINK'
"""


def same_person(client: Client, subject: bytes) -> frozenset[bytes]:
    """Return all subjects of the person a subject belongs to, itself among them.

    Asks once for each link of the longest chain.
    """
    known: frozenset[bytes] = frozenset()
    found = frozenset({subject})
    while new := found - known:
        known = found
        found |= _neighbours(client, new)
    return found


def _neighbours(client: Client, subjects: Collection[bytes]) -> frozenset[bytes]:
    answer = client.query(
        _NEIGHBOURS,
        parameters={"subjects": sorted(subject.hex() for subject in subjects)},
        query_formats={"FixedString": "bytes"},
    )
    return frozenset(bytes(subject) for (subject,) in answer.result_rows)
