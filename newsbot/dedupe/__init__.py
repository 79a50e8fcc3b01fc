"""Exact and near duplicates, stories, and how an article changed. Pure: what is stored is `newsbot.store`'s."""
