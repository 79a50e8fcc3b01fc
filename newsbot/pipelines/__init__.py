"""The stages an item passes between spider and database; their order stands in `newsbot.settings`."""
