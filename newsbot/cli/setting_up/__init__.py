"""`newsbot init` and `newsbot doctor`: the first steps."""
