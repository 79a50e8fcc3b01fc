"""Watches: standing searches. What they find first is sent to somebody, once."""
