"""Scans as EPCIS 2.0 events, for systems that speak GS1's standard."""
