"""Reports of all feeds but scans, as clerks, kiosks and authorities would send them, and what must become of each."""
