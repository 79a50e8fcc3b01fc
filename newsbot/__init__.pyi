from newsbot.api import crawl as crawl
from newsbot.api import open_database as open  # noqa: A004 - the name of the door
from newsbot.entities import recognize as recognize
from newsbot.errors import NewsbotError as NewsbotError
from newsbot.extraction import extract as extract
from newsbot.items import Article as Article
from newsbot.sources.model import Source as Source
from newsbot.urls import canonicalize as canonicalize

__version__: str
__all__ = [
    "Article",
    "NewsbotError",
    "Source",
    "__version__",
    "canonicalize",
    "crawl",
    "extract",
    "open",
    "recognize",
]
