"""The daily report of a province, which has to leave before 17:00: figures, checks, document, files, schedule."""
