"""A page: plain HTML of one file, readable on a phone, that loads nothing and runs nothing."""

import base64
import hashlib
from html import escape

from aiohttp import web

_STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body {
  font: 1.125rem/1.5 system-ui, sans-serif; color: #111; background: #fff;
  max-width: 40rem; margin: 0 auto; padding: 1rem;
}
h1 { font-size: 1.5rem; line-height: 1.25; }
label, legend { font-weight: 600; display: block; }
.field, fieldset { border: 0; margin: 0 0 1.25rem; padding: 0; }
.hint { color: #444; margin: 0 0 .25rem; font-weight: 400; }
input[type=text], input[type=password], input[type=datetime-local], select {
  font: inherit; width: 100%; min-height: 2.75rem; padding: .375rem .625rem;
  border: 2px solid #555; border-radius: .25rem; background: #fff; color: #111;
}
.check { display: flex; gap: .625rem; align-items: center; min-height: 2.75rem; font-weight: 400; }
.check input { width: 1.375rem; height: 1.375rem; flex: none; }
button, .button {
  font: inherit; font-weight: 600; display: inline-block; min-height: 2.75rem; padding: .5rem 1.25rem;
  border: 0; border-radius: .25rem; background: #0b57a4; color: #fff; text-decoration: none; cursor: pointer;
}
button.plain { background: #fff; color: #0b57a4; border: 2px solid #0b57a4; }
a { color: #0b57a4; }
:focus-visible { outline: 3px solid #f5a800; outline-offset: 2px; }
.alert { border-left: .375rem solid #b00020; background: #fdecee; padding: .75rem 1rem; margin: 0 0 1.25rem; }
.done { border-left: .375rem solid #1b6e2c; background: #e9f6ec; padding: .75rem 1rem; margin: 0 0 1.25rem; }
.wrong { color: #b00020; font-weight: 600; margin: 0 0 .25rem; }
[aria-invalid=true] { border-color: #b00020 !important; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    # What a person entered may be on the page: nobody keeps it.
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page(title: str, body: str, *, status: int = 200) -> web.Response:
    """Return the answer with a page; `title` is text, `body` HTML."""
    text = f"""<!DOCTYPE html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>{escape(title)}</h1>
{body}
</main>
</body>
</html>
"""
    return web.Response(text=text, status=status, content_type="text/html", headers=_HEADERS)


def alert(text: str) -> str:
    """Return a sentence that screen readers tell at once."""
    return f'<div class="alert" role="alert"><p>{escape(text)}</p></div>'
