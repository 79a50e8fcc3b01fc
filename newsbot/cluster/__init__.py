"""Many machines: Procrastinate places jobs on workers, newsbot's own functions do the work, and its tables stay the truth."""
