"""The text of an article: blocks, their features, the models, and the choice."""
