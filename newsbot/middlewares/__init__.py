"""Downloader middlewares: what happens between a request and its response."""
