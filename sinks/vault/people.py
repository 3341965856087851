"""Which subjects are the same person as one, as the view of people has it."""

from clickhouse_connect.driver.client import Client


def same_person(client: Client, subject: bytes) -> frozenset[bytes]:
    """Return all subjects of the person a subject belongs to, itself among them."""
    found = client.query(
        "SELECT subject FROM people WHERE person IN (SELECT person FROM people WHERE hex(subject) = {subject:String})",
        parameters={"subject": subject.hex().upper()},
        query_formats={"FixedString": "bytes"},
    )
    return frozenset({subject, *(bytes(one) for (one,) in found.result_rows)})
