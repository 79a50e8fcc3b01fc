"""Commands of `scrapy` that this project overrides."""
