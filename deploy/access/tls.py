"""TLS for the door: tokens and answers about people cross no network in the clear."""

import ipaddress
import ssl
from pathlib import Path

from deploy.settings import Settings, variable
from deploy.user_error import UserError


def has_certificate(settings: Settings) -> bool:
    """Tell whether the settings name a certificate."""
    return bool(settings.access_certificate_file or settings.access_key_file)


def tls_of(settings: Settings) -> ssl.SSLContext | None:
    """Return what the door speaks TLS (1.2 or newer) with, None where it may and does listen without.

    Raises UserError for files that can't be used, and for an address of the network without a certificate.
    """
    if has_certificate(settings):
        return _context(Path(settings.access_certificate_file), Path(settings.access_key_file))
    if not is_loopback(settings.listen_host):
        raise UserError(
            f"On {settings.listen_host} tokens would cross the network in the clear; name a certificate and its key in "
            f"{variable('access_certificate_file')} and {variable('access_key_file')}, or listen on 127.0.0.1."
        )
    return None


def is_loopback(host: str) -> bool:
    """Tell whether an address is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _context(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except (OSError, ValueError) as problem:
        raise UserError(
            f"The door can't use the certificate {certificate} with the key {key} ({problem}); give it the files of "
            f"one pair, in PEM and without a password, in {variable('access_certificate_file')} and "
            f"{variable('access_key_file')}."
        ) from None
    return context


def _no_password() -> str:
    raise ValueError("the key has a password")
