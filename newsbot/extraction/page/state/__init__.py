"""What a page keeps for its scripts: the article in the state of frameworks, as rich text, in JSON with faults."""
