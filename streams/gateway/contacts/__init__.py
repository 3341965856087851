"""Contact details that come with events: sealed before the events are published."""
