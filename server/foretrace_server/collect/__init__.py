"""A course: recorded events of many people come in over HTTP, into a data folder of its own."""
