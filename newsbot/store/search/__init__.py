"""Which articles: filters, ranking, lists and snippets of searches."""
