"""What is particular to a feed beyond its schema: one rule each, in a table."""
