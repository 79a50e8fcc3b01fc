"""Newsbot's settings: the model that checks them, and the places where their values come from."""
