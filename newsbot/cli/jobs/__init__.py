"""Commands that work through archives and files."""
