"""Write the landing log into ClickHouse, exactly once, and account for every event.

The order to read: `pump` (the commit protocol), `writer` (what a store must promise), `landing_consumer` (Kafka and
threads around the pump), `main` (wiring).
"""
