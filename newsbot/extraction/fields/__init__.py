"""The fields of an article, one module a group of fields: ordered rules that look for a value."""
