"""Forms in a browser, in Vietnamese, for people who enter what others said or wrote on paper."""
