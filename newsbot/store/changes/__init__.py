"""The log of changes: every change of an article gets a number, and the order of the numbers is that of the commits."""
