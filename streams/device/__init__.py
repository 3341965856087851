"""The reference client for a kiosk: scans typed by a keyboard-wedge scanner, kept safely and sent to the gateway.

It imports `schemas` only and shares nothing with the gateway but the HTTP interface.
"""
