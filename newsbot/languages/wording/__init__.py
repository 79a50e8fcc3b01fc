"""What publishers write beside their reports: notes on changes, invitations to readers, promotion."""
