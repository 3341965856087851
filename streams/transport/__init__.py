"""Faust's aiokafka transport, fetching whole partition batches: scheme ``scanstream+kafka://``."""
