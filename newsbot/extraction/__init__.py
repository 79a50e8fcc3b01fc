"""From a page to an `Article`: the headline, the people, the dates and the text of it."""

from newsbot.extraction.extractor import extract

__all__ = ["extract"]
