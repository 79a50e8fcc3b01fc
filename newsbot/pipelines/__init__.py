"""Item pipelines: the stages between spider and database. `ITEM_PIPELINES` in `newsbot.settings` has their order."""
