"""Tests mirror the rooms: tests/<room>/… checks <room>/…."""
