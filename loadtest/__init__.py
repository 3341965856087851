"""The load test room: a simulated fleet with its own truth, and what measures and breaks the pipeline from outside.

A black box: it imports `schemas` only, and otherwise knows addresses and process ids.
"""
