"""What SQLite and PostgreSQL do differently: connections, locks, inserts."""
