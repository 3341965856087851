"""The daily report, compared with figures counted slowly."""
