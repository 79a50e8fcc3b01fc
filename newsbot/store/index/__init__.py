"""The full-text index: its terms, its filter terms, and how each database keeps it."""
