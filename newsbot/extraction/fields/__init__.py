"""The fields of an article, one module for each group of fields: ordered rules that look for a value."""
