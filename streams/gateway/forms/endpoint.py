"""``/forms``: pages to log in and to enter a form, which is published as an event like any other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from html import escape
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

import msgspec
from aiohttp import web

from schemas.entered import entry_id
from schemas.zone import VIETNAM
from streams.gateway.admission import Admission, Share
from streams.gateway.config import GatewayConfig
from streams.gateway.devices import DeviceDirectory
from streams.gateway.entry import entry_key
from streams.gateway.feed_parser import Stamp
from streams.gateway.forms.field import Entered
from streams.gateway.forms.layout import alert, page
from streams.gateway.forms.session import forget, keep, operator_of, require_own_page
from streams.gateway.forms.sheet import Sheet
from streams.gateway.forms.sheets import SHEETS
from streams.gateway.measures import Measures
from streams.gateway.outcome import Invalid
from streams.gateway.parse import Parser
from streams.gateway.problem import Refusal
from streams.gateway.publisher import Publisher
from streams.gateway.upload import uploaded

_TYPE = "application/x-www-form-urlencoded"
_MOST_VALUES = 64
_NOT_STORED = "Hệ thống chưa lưu được phiếu. Hãy chờ một phút rồi bấm Gửi lại; gửi lại không bị tính hai lần."
_DONE = """<div class="done" role="status"><p>Phiếu đã được lưu: {when}.</p></div>
<p><a class="button" href="/forms/{path}">Nhập phiếu tiếp theo</a></p>
<p><a href="/forms">Các loại phiếu khác</a></p>"""
_LOGIN = """<form method="post" action="/forms/login">
<div class="field"><label for="token">Mã truy cập</label>
<p class="hint" id="token-hint">Dòng chữ do quản trị cấp cho cán bộ nhập liệu.</p>
<input type="password" id="token" name="token" required maxlength="250" autocomplete="current-password"
 aria-describedby="token-hint"></div>
<button>Đăng nhập</button>
</form>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """The endpoints. `now_ms` gives the time in milliseconds since 1970."""

    config: GatewayConfig
    parser: Parser
    directory: DeviceDirectory
    publisher: Publisher
    admission: Admission
    measures: Measures
    now_ms: Callable[[], int]

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add the endpoints; a form only where its feed is."""
        router.add_get("/forms", self._index)
        router.add_get("/forms/login", self._login_page)
        router.add_post("/forms/login", self._login)
        router.add_post("/forms/logout", self._logout)
        for sheet in SHEETS:
            if sheet.feed.name in self.parser.feeds:
                router.add_get(f"/forms/{sheet.path}", partial(self._show, sheet=sheet))
                router.add_post(f"/forms/{sheet.path}", partial(self._take, sheet=sheet))

    async def _index(self, _request: web.Request) -> web.Response:
        links = "".join(f'<li><a href="/forms/{sheet.path}">{escape(sheet.title)}</a></li>' for sheet in SHEETS)
        leave = '<form method="post" action="/forms/logout"><button class="plain">Đăng xuất</button></form>'
        return page("Nhập phiếu", f"<ul>{links}</ul>{leave}")

    async def _login_page(self, _request: web.Request) -> web.Response:
        return page("Đăng nhập", _LOGIN)

    async def _login(self, request: web.Request) -> web.Response:
        require_own_page(request)
        with self.admission.share() as share:
            token = (await self._entered(request, share)).get("token", [""])[0].strip()
        try:
            operator_of(request, self.directory, token=token)
        except Refusal as refusal:
            return _login_again(refusal)
        response = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": "/forms"})
        keep(response, token)
        return response

    async def _logout(self, request: web.Request) -> web.Response:
        require_own_page(request)
        response = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": "/forms/login"})
        forget(response)
        return response

    async def _show(self, request: web.Request, *, sheet: Sheet) -> web.Response:
        try:
            operator_of(request, self.directory)
        except Refusal as refusal:
            return _login_again(refusal)
        now = datetime.fromtimestamp(self.now_ms() / 1_000, VIETNAM)
        return page(sheet.title, _form(sheet, {"event_time": [f"{now:%Y-%m-%dT%H:%M}"]}, {}))

    async def _take(self, request: web.Request, *, sheet: Sheet) -> web.Response:
        require_own_page(request)
        try:
            device_id, role = operator_of(request, self.directory)
        except Refusal as refusal:
            return _login_again(refusal)
        stamp = Stamp(device_id, self.now_ms(), role)
        with self.admission.share() as share:
            entered = await self._entered(request, share)
            event, wrong = sheet.event_of(entered, now_ms=stamp.received_at_ms)
            if wrong:
                return page(sheet.title, _form(sheet, entered, wrong), status=HTTPStatus.UNPROCESSABLE_ENTITY)
            share.hold_events(1)
            trouble = await self._publish(sheet, event, stamp)
        if trouble is None:
            return page("Đã nhận phiếu", _DONE.format(path=sheet.path, when=_in_words(event["event_time"])))
        status, sentence = trouble
        return page(sheet.title, _form(sheet, entered, {}, above=alert(sentence)), status=status)

    async def _publish(self, sheet: Sheet, event: dict[str, Any], stamp: Stamp) -> tuple[HTTPStatus, str] | None:
        """Publish an event and return None; else the status to answer with, and what to tell."""
        named = {**event, sheet.id_field: str(entry_id(event, entry_key(self.config)))}
        outcome = self.parser.json(msgspec.json.encode(named), stamp, sheet.feed.name)
        if isinstance(outcome, Invalid):
            self.measures.count_events([sheet.feed.name], outcome="rejected")
            return HTTPStatus.UNPROCESSABLE_ENTITY, f"Phiếu không được nhận: {outcome.reason}."
        if not self.publisher.reachable or not all(await self.publisher.publish([outcome])):
            return HTTPStatus.SERVICE_UNAVAILABLE, _NOT_STORED
        self.measures.count_events([sheet.feed.name], outcome="accepted")
        return None

    async def _entered(self, request: web.Request, share: Share) -> Entered:
        if request.content_type != _TYPE:
            raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Content-Type must be {_TYPE}.")
        body = await uploaded(request, share, self.config)
        try:
            return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=_MOST_VALUES)
        except ValueError as error:
            raise Refusal(HTTPStatus.BAD_REQUEST, "The body is no form in UTF-8.") from error


def _form(sheet: Sheet, entered: Entered, wrong: Mapping[str, str], *, above: str = "") -> str:
    if wrong:
        labels = {field.name: field.label for field in sheet.fields}
        links = "".join(
            f'<li><a href="#{name}">{escape(labels[name])}</a>: {escape(wrong[name])}</li>' for name in wrong
        )
        above = f'<div class="alert" role="alert"><p>Chưa gửi được, hãy sửa:</p><ul>{links}</ul></div>'
    fields = "\n".join(field.html(entered, wrong.get(field.name, "")) for field in sheet.fields)
    return f"""{above}<form method="post" action="/forms/{sheet.path}" novalidate>
{fields}
<button>Gửi</button>
</form>
<p><a href="/forms">Các loại phiếu khác</a></p>"""


def _in_words(time_ms: int) -> str:
    """Return a time with its month in words: a browser's own fields show days and months in its country's order."""
    when = datetime.fromtimestamp(time_ms / 1_000, VIETNAM)
    return f"{when:%H:%M}, ngày {when.day} tháng {when.month} năm {when.year}"


def _login_again(refusal: Refusal) -> web.Response:
    words = {
        HTTPStatus.FORBIDDEN: "Mã này không phải của cán bộ nhập liệu; hãy xin quản trị cấp mã khác.",
        HTTPStatus.SERVICE_UNAVAILABLE: "Hệ thống đang khởi động; hãy thử lại sau một phút.",
    }
    sentence = words.get(refusal.status, "Hãy nhập mã truy cập còn hiệu lực.")
    return page("Đăng nhập", alert(sentence) + _LOGIN, status=refusal.status)
