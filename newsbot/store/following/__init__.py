"""What is new in the database, for those who follow it: the log of changes with its articles, edits, arrivals."""
