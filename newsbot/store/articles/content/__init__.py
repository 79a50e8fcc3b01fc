"""The content of a page on its way into rows: new, or in the place of what is stored."""
