"""The embedded ClickHouse server: the real engine and its own HTTP interface, from the `chdb` wheel.

The wheel contains clickhouse-local, and clickhouse-local can listen: `SYSTEM START LISTEN HTTP` opens ClickHouse's own
HTTP handlers inside this process. So every byte a client sends is parsed by ClickHouse, none by Python, and whatever
works against a ClickHouse server works here. What is ours is what a server's packaging does: configuration, users,
readiness and an orderly stop.
"""
