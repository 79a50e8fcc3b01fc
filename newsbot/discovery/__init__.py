"""Discovery: links from feeds, sitemaps, section pages and homepages, and the times of the next polls. All pure."""
