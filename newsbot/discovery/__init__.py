"""From the bytes of feeds, sitemaps, section pages and homepages to links, and when to look again. All pure."""
