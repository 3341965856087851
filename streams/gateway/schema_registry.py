"""The read endpoints of a Confluent schema registry, over the schemas this release ships.

Identities are fixed and every version is kept, so any Confluent-compatible client can decode the topics without
a registry being installed.
"""

import json
from http import HTTPStatus

import msgspec
from aiohttp import web

from schemas.kinds import FEEDS, REFERENCES, Feed, Reference, Version, avro_schema

_CONTENT_TYPE = "application/vnd.schemaregistry.v1+json"
_KINDS: tuple[Feed | Reference, ...] = (*FEEDS, *REFERENCES)
_BY_SUBJECT = {
    f"{kind.topic}-value": (*kind.history, Version(schema_id=kind.schema_id, avro=kind.avro)) for kind in _KINDS
}
_BY_ID = {str(version.schema_id): version for versions in _BY_SUBJECT.values() for version in versions}
#: `tests/schemas/test_compatibility.py` keeps the promise.
_COMPATIBILITY = {"compatibilityLevel": "FULL_TRANSITIVE"}
# The registry's own error codes.
_NO_SUBJECT, _NO_VERSION, _NO_SCHEMA = 40401, 40402, 40403


def add_routes(router: web.UrlDispatcher) -> None:
    """Add the registry's endpoints."""
    router.add_get("/subjects", _subjects)
    router.add_get("/subjects/{subject}/versions", _versions)
    router.add_get("/subjects/{subject}/versions/{version}", _version)
    router.add_get("/schemas/ids/{id}", _schema)
    router.add_get("/config", _config)
    router.add_get("/config/{subject}", _config_of_subject)
    router.add_get("/mode", _mode)


async def _config(_request: web.Request) -> web.Response:
    return _json(_COMPATIBILITY)


async def _config_of_subject(request: web.Request) -> web.Response:
    if request.match_info["subject"] not in _BY_SUBJECT:
        return _not_found(_NO_SUBJECT, "Subject not found.")
    return _json(_COMPATIBILITY)


async def _mode(_request: web.Request) -> web.Response:
    return _json({"mode": "READONLY"})


async def _subjects(_request: web.Request) -> web.Response:
    return _json(list(_BY_SUBJECT))


async def _versions(request: web.Request) -> web.Response:
    versions = _BY_SUBJECT.get(request.match_info["subject"])
    if versions is None:
        return _not_found(_NO_SUBJECT, "Subject not found.")
    return _json(list(range(1, len(versions) + 1)))


async def _version(request: web.Request) -> web.Response:
    subject, wanted = request.match_info["subject"], request.match_info["version"]
    versions = _BY_SUBJECT.get(subject)
    if versions is None:
        return _not_found(_NO_SUBJECT, "Subject not found.")
    number = len(versions) if wanted == "latest" else int(wanted) if wanted.isascii() and wanted.isdigit() else 0
    if not 1 <= number <= len(versions):
        return _not_found(_NO_VERSION, "Version not found.")
    found = versions[number - 1]
    return _json({"subject": subject, "version": number, "id": found.schema_id, "schema": _text(found)})


async def _schema(request: web.Request) -> web.Response:
    found = _BY_ID.get(request.match_info["id"])
    if found is None:
        return _not_found(_NO_SCHEMA, "Schema not found.")
    return _json({"schema": _text(found)})


def _text(version: Version) -> str:
    return json.dumps(avro_schema(version.avro))


def _json(value: object, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(value), content_type=_CONTENT_TYPE)


def _not_found(error_code: int, message: str) -> web.Response:
    return _json({"error_code": error_code, "message": message}, HTTPStatus.NOT_FOUND)
