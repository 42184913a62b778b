"""A class of simulated laptops: real recording and sending, in processes that really die."""
