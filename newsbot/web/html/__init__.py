"""The HTML of the pages: templates, charts, maps, differences, marked texts."""
