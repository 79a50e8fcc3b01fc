"""Extraction: from a page to an `Article` with its headline, authors, dates and text."""

from newsbot.extraction.extractor import extract

__all__ = ["extract"]
