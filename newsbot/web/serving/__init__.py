"""The HTTP server of the site: its socket, and connections with time limits."""
