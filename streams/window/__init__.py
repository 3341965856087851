"""Event-time windows of one source partition: which scans are retries, which are re-scans."""
