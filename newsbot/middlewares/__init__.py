"""Downloader middlewares, and the DNS resolver: they process a request before it is sent, and its response."""
