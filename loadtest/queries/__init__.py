"""Three weeks of scans in a ClickHouse, and the questions analysts ask of them while more land."""
