"""Commands of `scrapy` that this project overrides."""

from newsbot.starting import collect_rarely

collect_rarely()  # before all that a crawl needs is imported
