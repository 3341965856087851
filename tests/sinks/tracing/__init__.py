"""The tracing views (docs/queries.md)."""
