"""What is known of people: isolations, cases, doses and passes, looked up for each scan as of its event time."""
