"""What to crawl: one `Source` a publisher, read from TOML, and how each one is doing."""
