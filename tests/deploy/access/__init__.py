"""Tests of the register of people and of the door."""
