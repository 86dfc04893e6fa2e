"""Submissions: what is submitted twice is done once."""
