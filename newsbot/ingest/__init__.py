"""The path from a capture to rows; used by crawls, jobs, imports and `newsbot extract`."""
