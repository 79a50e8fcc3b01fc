"""Words of many languages: dates and months, phrases of promotion, and patterns built from word lists."""
