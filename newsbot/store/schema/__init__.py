"""Tables, column types, keys and migrations."""
