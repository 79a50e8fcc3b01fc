"""The database of the queue that places jobs on many machines, and which work is due."""
