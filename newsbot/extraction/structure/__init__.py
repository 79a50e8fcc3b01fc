"""The structure of the text of an article: its Markdown and its pictures, read from the blocks that were chosen."""
