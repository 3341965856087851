"""The HTTP gateway: scan events in by HTTP, out to Kafka; each event answered after Kafka has acknowledged it."""
