"""The web page, the JSON API and the feeds: all of it reads, nothing writes."""
