"""Vectors of articles: those that are missing, and the articles that are alike."""
