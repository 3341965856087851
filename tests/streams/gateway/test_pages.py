"""The pages for people and probes."""

from streams.gateway.devices import InMemoryDeviceDirectory
from streams.gateway.publisher import InMemoryPublisher
from tests.streams.gateway.server import Client


async def test_it_is_ready_only_with_kafka_and_devices(
    client: Client, publisher: InMemoryPublisher, directory: InMemoryDeviceDirectory
) -> None:
    assert (await client.get("/readyz")).status == 200

    publisher.reachable = False
    assert (await client.get("/readyz")).body["detail"] == "Kafka can't be reached."

    publisher.reachable = True
    directory.loaded = False
    assert (await client.get("/readyz")).status == 503


async def test_it_is_alive_without_anything_else(client: Client, publisher: InMemoryPublisher) -> None:
    publisher.reachable = False

    assert (await client.get("/healthz")).status == 200


async def test_the_front_page_shows_how_to_send(client: Client) -> None:
    reply = await client.get("/")

    assert reply.headers["Content-Type"].startswith("text/html")
    assert "POST /v1/scans" in reply.body


async def test_other_paths_and_methods_are_explained(client: Client) -> None:
    nowhere, wrong_method = await client.get("/v2/scans"), await client.get("/v1/scans")

    assert (nowhere.status, nowhere.body["title"]) == (404, "Not Found")
    assert (wrong_method.status, wrong_method.headers["Allow"]) == (405, "POST")
    assert wrong_method.body["detail"] == "This path takes POST only."
