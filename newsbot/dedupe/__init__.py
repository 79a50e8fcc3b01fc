"""Exact and near duplicates, stories, and changes of articles. Pure functions; storage is in `newsbot.store`."""
