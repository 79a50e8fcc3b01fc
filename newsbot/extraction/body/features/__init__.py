"""Feature vectors of the blocks of a page: the inputs of the two body models."""
