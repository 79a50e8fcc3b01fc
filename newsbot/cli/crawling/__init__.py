"""`newsbot crawl`, `take` and `fetch`: the spiders, from anywhere."""
