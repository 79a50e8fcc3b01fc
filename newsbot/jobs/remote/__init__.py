"""Archives that are elsewhere: in object stores and on servers of HTTP."""
