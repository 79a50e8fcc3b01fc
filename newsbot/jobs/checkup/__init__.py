"""Whether newsbot can work here: what `newsbot doctor` looks at."""
