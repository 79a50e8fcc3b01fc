"""Pages whose text is made by scripts: run in a browser that is bounded, and guarded like every other fetch."""
