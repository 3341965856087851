"""The vocabulary every room shares: kinds of event, wire codec, landing blocks, enumerations, names of metrics.

`schemas` imports nothing of ours; `streams` and `sinks` import it and never each other.
"""
