"""The built-in entity engines, one module per engine."""
