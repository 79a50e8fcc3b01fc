"""How often Python looks for reference cycles: rarely, because newsbot makes few, and looking visits every object."""

import gc

THRESHOLDS = (100_000, 20, 100)
"""New objects after which Python looks at young objects, and numbers of such looks after which it looks at older ones. With its
defaults (700, 10, 10) looking took a tenth of a start, and a sixth of a crawl (`benchmarks/crawl.md`)."""


def collect_rarely() -> None:
    """Have Python look for cycles rarely from now on, in this process."""
    gc.set_threshold(*THRESHOLDS)


def keep_what_is_loaded() -> None:
    """Have Python look for cycles no more among the objects that there are now: modules, rules and tables stay."""
    gc.freeze()
