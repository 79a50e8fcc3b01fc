"""Archives of pages: files and WARCs, read and written."""
