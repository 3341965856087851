"""What is known of places, devices and areas, and how scans are enriched with it."""
