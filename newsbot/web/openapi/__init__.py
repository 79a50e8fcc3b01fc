"""What the API says of itself: the models of its answers, and its description for people."""
