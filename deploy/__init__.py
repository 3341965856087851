"""Start things: one command line, a local Kafka and ClickHouse, process supervision, compose files and dashboards."""
