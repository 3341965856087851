"""Retention: rows about people leave after the days their province sets, and it is proved."""
