"""A load test's directory as a page, as Markdown and as pictures: read, then figures (pure), then plots and text."""
