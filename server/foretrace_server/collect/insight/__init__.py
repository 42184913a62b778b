"""What a course's events say of the class: rolled up, told in aggregates, hidden where few."""
