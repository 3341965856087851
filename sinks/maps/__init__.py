"""Maps and feeds for the public: risk levels, suppressed counts and place safety by area, as GeoJSON, CSV and JSON."""
