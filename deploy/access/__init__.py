"""People who query ClickHouse: their register, their users in the embedded engine, and the door they come in by."""
