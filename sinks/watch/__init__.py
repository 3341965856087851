"""The watch: asks ClickHouse periodically what somebody in charge has to know, and publishes it as alerts.

Alerts that a single scan raises are not here: the worker raises those as the scan passes.
"""
