"""Saved pages, in and out."""
