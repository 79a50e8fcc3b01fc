"""What Prometheus reads of newsbot (counts of a crawl in its own process, the state of the database), and spans.

Needs the extra `observe`. Names follow https://prometheus.io/docs/practices/naming/: seconds, bytes, `_total` for what
only grows.
"""

EXTRA = "pip install 'newsbot[observe]'"
