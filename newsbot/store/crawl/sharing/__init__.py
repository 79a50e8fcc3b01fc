"""How crawls that run at the same time share the work: what is due, and who asks which host."""
