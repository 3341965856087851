"""The door speaks TLS where it has a certificate, and does not listen on a network where it has none."""

import ssl
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from deploy.access.door import application
from deploy.access.files import journal_of, register_of
from deploy.access.tls import tls_of
from deploy.settings import Settings
from deploy.user_error import UserError

_OF_KEY = PrivateFormat.PKCS8


def _write_pair(directory: Path, name: str, encryption: KeySerializationEncryption) -> tuple[str, str]:
    """Make a certificate of 127.0.0.1 that signs itself and its key, and return their files."""
    key = generate_private_key(SECP256R1())
    certificate, key_file = directory / f"{name}.pem", directory / f"{name}-key.pem"
    certificate.write_bytes(_signed(key).public_bytes(Encoding.PEM))
    key_file.write_bytes(key.private_bytes(Encoding.PEM, _OF_KEY, encryption))
    return str(certificate), str(key_file)


def _signed(key: EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "door")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )


async def test_a_client_that_trusts_the_certificate_is_asked_for_name_and_token_and_no_other_gets_in(
    tmp_path: Path,
) -> None:
    certificate, key = _write_pair(tmp_path, "door", NoEncryption())
    settings = Settings(data_dir=tmp_path, access_certificate_file=certificate, access_key_file=key)
    app = application(register=register_of(settings), journal=journal_of(settings), engine_url="http://127.0.0.1:1")
    trusting, plain = ssl.create_default_context(cafile=certificate), "http://127.0.0.1:{}/ping"
    context = tls_of(settings)
    server = TestServer(app, scheme="https")
    await server.start_server(ssl=context)
    async with server, aiohttp.ClientSession() as session:
        async with session.get(server.make_url("/"), ssl=trusting) as answer:
            assert answer.status == HTTPStatus.UNAUTHORIZED
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await session.get(server.make_url("/ping"))
        with pytest.raises(aiohttp.ClientError):
            await session.get(plain.format(server.port))
        trusting.maximum_version = ssl.TLSVersion.TLSv1_3
        trusting.minimum_version = ssl.TLSVersion.TLSv1_3
        async with session.get(server.make_url("/ping"), ssl=trusting) as answer:
            assert await answer.text() == "Ok.\n"
    assert context is not None
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize(("host", "is_open"), [("127.0.0.1", True), ("::1", True), ("localhost", True),
                                                ("192.168.0.7", False), ("10.1.2.3", False)])  # fmt: skip
def test_without_a_certificate_it_is_open_to_this_machine_only(host: str, is_open: bool) -> None:
    settings = Settings(listen_host=host)
    if is_open:
        assert tls_of(settings) is None
    else:
        with pytest.raises(UserError, match=r"in the clear; name a certificate .* SCANSTREAM_ACCESS_KEY_FILE"):
            tls_of(settings)


def test_files_that_are_no_pair_are_refused_with_what_to_do(tmp_path: Path) -> None:
    certificate, key = _write_pair(tmp_path, "one", NoEncryption())
    _, another = _write_pair(tmp_path, "other", NoEncryption())
    _, locked = _write_pair(tmp_path, "locked", BestAvailableEncryption(b"x"))
    for files in ((certificate, another), (certificate, locked), (certificate, ""), ("", key), (key, key)):
        with pytest.raises(UserError, match="give it the files of one pair, in PEM and without a password"):
            tls_of(Settings(access_certificate_file=files[0], access_key_file=files[1]))
