"""Checks of the sinks room."""
