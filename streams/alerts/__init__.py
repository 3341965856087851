"""Alerts that a single scan raises, with the scan as their evidence. Others need a look back: `sinks/watch`."""
