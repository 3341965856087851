"""What operators and the curious look at: liveness, readiness, metrics and a small page."""

from dataclasses import dataclass

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from streams.gateway.devices import DeviceDirectory
from streams.gateway.measures import Measures
from streams.gateway.problem import unavailable
from streams.gateway.publisher import Publisher

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>scanstream gateway</title>
<style>body { font: 16px/1.5 sans-serif; max-width: 44em; margin: 2em auto; padding: 0 1em }</style>
<h1>scanstream gateway</h1>
<p>Devices send their scans here; each is answered when it is stored.</p>
<pre>
curl -H "Authorization: Bearer &lt;device_id&gt;.&lt;secret&gt;" -H "Content-Type: application/json" \\
     -d '[{"scan_id": "0197b6f0-5c1e-7d3a-9b51-3f2a8c6d4e10",
           "identity": {"kind": "CCCD", "number": "&lt;number&gt;"},
           "place_id": 1, "direction": "IN", "event_time": "2021-10-01T08:00:00+07:00",
           "scan_mode": "GUARD_SCAN", "capture_mode": "ASSISTED"}]' \\
     http://&lt;this address&gt;/v1/scans
</pre>
<ul>
<li><code>POST /v1/scans</code>: JSON array, NDJSON (<code>application/x-ndjson</code>) or Avro container
(<code>application/avro</code>), gzip or zstd if you like; <code>?feed=</code> for JSON events that name none.
Sending a scan again is safe: the same <code>scan_id</code> counts once.</li>
<li>Numbers of persons (<code>identity</code>) and, at checkpoints, of vehicles
(<code>"plate": "&lt;number plate&gt;"</code>) become keyed pseudonyms before anything is stored or logged.</li>
<li><a href="/forms">/forms</a>: forms in Vietnamese for those who enter what others said or wrote on paper</li>
<li><a href="/v1/public">/v1/public</a>: documents for everybody, unless they are switched off: the risk map
(GeoJSON), safety of places; <code>?province=42&amp;date=2021-08-01</code></li>
<li><a href="/readyz">/readyz</a>, <a href="/healthz">/healthz</a>, <a href="/metrics">/metrics</a></li>
<li><a href="/subjects">/subjects</a>: the Avro schemas, as a Confluent schema registry serves them</li>
</ul>
</html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The endpoints for people and probes."""

    directory: DeviceDirectory
    publisher: Publisher
    measures: Measures

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add the endpoints."""
        router.add_get("/", self._index)
        router.add_get("/healthz", self._health)
        router.add_get("/readyz", self._ready)
        router.add_get("/metrics", self._metrics)

    async def _index(self, _request: web.Request) -> web.Response:
        return web.Response(text=_PAGE, content_type="text/html")

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def _ready(self, _request: web.Request) -> web.Response:
        if not self.publisher.reachable:
            raise unavailable("Kafka can't be reached.")
        if not self.directory.loaded:
            raise unavailable("The devices are not loaded yet.")
        return web.json_response({"ready": True})

    async def _metrics(self, _request: web.Request) -> web.Response:
        body = generate_latest(self.measures.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})
