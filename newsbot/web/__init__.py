"""The web pages, the JSON API and the feeds. They only read the database."""
