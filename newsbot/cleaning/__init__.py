"""Cleaning: values as they should be stored, and what a site repeats on its pages."""
