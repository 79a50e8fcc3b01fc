"""The choice between the wordings of a headline on its page."""
