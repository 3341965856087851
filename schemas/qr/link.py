"""Web addresses in codes: one canonical form for each, and the app it belongs to.

The hosts are those of the orders and of the apps' own pages and code in 2021. Smart Thanh Hóa had none of its own that
we know of. An unknown host is an app we don't know: `SourceApp.OTHER`, accepted.
"""

from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from schemas.enums import SourceApp

#: Of each host, and of all below it.
_APPS = {
    "tokhaiyte.vn": SourceApp.TOKHAIYTE,
    "suckhoetoandan.vn": SourceApp.VHD,
    "ncovi.vn": SourceApp.NCOVI,
    "ncovi.vnpt.vn": SourceApp.NCOVI,
    "bluezone.gov.vn": SourceApp.BLUEZONE,
    "bluezone.vn": SourceApp.BLUEZONE,
    "bluezone.ai": SourceApp.BLUEZONE,
    "pccovid.gov.vn": SourceApp.PC_COVID,
    "vneid.gov.vn": SourceApp.VNEID,
    "suckhoe.dancuquocgia.gov.vn": SourceApp.SUCKHOE_DANCU,
    "hososuckhoe.com.vn": SourceApp.SSKDT,
}
_PORTS = {"http": 80, "https": 443}


def canonical(text: str) -> str | None:
    """Return a web address in its one form, None for a text that is none.

    Scheme and host are in lower case, the scheme is https (the orders write the same address with http, https and
    without); the scheme's own port, a leading ``www.`` and a slash at the end are dropped. Path and query keep their
    case. A text without a scheme counts as an address only where it begins with a known host.
    """
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not host or " " in host:
        return None
    if "://" not in text and _app(host) is SourceApp.OTHER:
        return None
    netloc = host.removeprefix("www.") + ("" if port in {None, _PORTS[parts.scheme]} else f":{port}")
    return urlunsplit(("https", netloc, parts.path.rstrip("/"), parts.query, parts.fragment))


def app_of(url: str) -> SourceApp:
    """Return the app a canonical address belongs to."""
    return _app(urlsplit(url).hostname or "")


def payloads(url: str) -> list[str]:
    """Return what may hold a code in a canonical address: the end of its path, its parameters, its fragment."""
    parts = urlsplit(url)
    values = [unquote(parts.path.rsplit("/", 1)[-1]), *(value for _, value in parse_qsl(parts.query))]
    return [value for value in [*values, unquote(parts.query), unquote(parts.fragment)] if value]


def _app(host: str) -> SourceApp:
    found = [app for name, app in _APPS.items() if host == name or host.endswith(f".{name}")]
    return found[0] if found else SourceApp.OTHER
