"""A Confluent-compatible client finds every schema."""

import json

import pytest

from schemas.kinds import DEVICES, FEEDS, REFERENCES, Feed, Reference, avro_schema
from tests.streams.gateway.server import Client

KINDS: tuple[Feed | Reference, ...] = (*FEEDS, *REFERENCES)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_every_kind_is_found_by_id_and_by_subject(client: Client, kind: Feed | Reference) -> None:
    subject = f"{kind.topic}-value"

    by_id = await client.get(f"/schemas/ids/{kind.schema_id}")
    versions = await client.get(f"/subjects/{subject}/versions")
    latest = await client.get(f"/subjects/{subject}/versions/latest")
    last = await client.get(f"/subjects/{subject}/versions/{len(kind.history) + 1}")

    assert json.loads(by_id.body["schema"]) == avro_schema(kind.avro)
    assert versions.body == list(range(1, len(kind.history) + 2))
    assert latest.body == last.body
    assert latest.body == {
        "subject": subject,
        "version": versions.body[-1],
        "id": kind.schema_id,
        "schema": by_id.body["schema"],
    }
    assert latest.headers["Content-Type"].startswith("application/vnd.schemaregistry.v1+json")


async def test_all_subjects_are_listed(client: Client) -> None:
    assert set((await client.get("/subjects")).body) == {f"{kind.topic}-value" for kind in KINDS}


@pytest.mark.parametrize(
    ("path", "error_code"),
    [
        ("/schemas/ids/999", 40403),
        ("/subjects/nothing-value/versions", 40401),
        ("/subjects/nothing-value/versions/latest", 40401),
        ("/subjects/scans.venue.v1-value/versions/3", 40402),
    ],
)
async def test_what_is_not_there_has_the_registrys_own_error_code(client: Client, path: str, error_code: int) -> None:
    reply = await client.get(path)

    assert (reply.status, reply.body["error_code"]) == (404, error_code)


async def test_former_versions_are_still_there(client: Client) -> None:
    old = await client.get("/subjects/devices.v1-value/versions/1")
    assert old.body["id"] == DEVICES.history[0].schema_id
    assert json.loads(old.body["schema"]) == avro_schema(DEVICES.history[0].avro)
