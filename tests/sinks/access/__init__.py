"""Tests of who may read what."""
