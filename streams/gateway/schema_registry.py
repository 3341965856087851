"""The read endpoints of a Confluent schema registry, over the schemas this release ships.

Identities are fixed and every subject has one version, so any Confluent-compatible client can decode the topics without
a registry being installed.
"""

import json
from http import HTTPStatus

import msgspec
from aiohttp import web

from schemas.kinds import FEEDS, REFERENCES, Feed, Reference, avro_schema

_CONTENT_TYPE = "application/vnd.schemaregistry.v1+json"
_KINDS: tuple[Feed | Reference, ...] = (*FEEDS, *REFERENCES)
_BY_ID = {str(kind.schema_id): kind for kind in _KINDS}
_BY_SUBJECT = {f"{kind.topic}-value": kind for kind in _KINDS}
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
    if request.match_info["subject"] not in _BY_SUBJECT:
        return _not_found(_NO_SUBJECT, "Subject not found.")
    return _json([1])


async def _version(request: web.Request) -> web.Response:
    subject = request.match_info["subject"]
    kind = _BY_SUBJECT.get(subject)
    if kind is None:
        return _not_found(_NO_SUBJECT, "Subject not found.")
    if request.match_info["version"] not in ("1", "latest"):
        return _not_found(_NO_VERSION, "Version not found.")
    return _json({"subject": subject, "version": 1, "id": kind.schema_id, "schema": _text(kind)})


async def _schema(request: web.Request) -> web.Response:
    kind = _BY_ID.get(request.match_info["id"])
    if kind is None:
        return _not_found(_NO_SCHEMA, "Schema not found.")
    return _json({"schema": _text(kind)})


def _text(kind: Feed | Reference) -> str:
    return json.dumps(avro_schema(kind.avro))


def _json(value: object, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(value), content_type=_CONTENT_TYPE)


def _not_found(error_code: int, message: str) -> web.Response:
    return _json({"error_code": error_code, "message": message}, HTTPStatus.NOT_FOUND)
