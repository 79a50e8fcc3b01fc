"""Commands of `scrapy` that this project overrides."""

from newsbot.startup.garbage import collect_rarely

collect_rarely()  # before all that a crawl needs is imported
