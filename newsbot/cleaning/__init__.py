"""Cleaning: normalised field values, and boilerplate that a site repeats on its pages."""
