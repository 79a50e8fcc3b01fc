"""Sources: what to crawl of every publisher, read from TOML, and the health of every source."""
