"""The JSON API. Every endpoint is a GET; `next` is the address of a list's next page; errors are problem+json."""
