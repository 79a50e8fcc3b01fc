"""What outputs and watches store: leases and cursors, the articles that watches have found, letters to be sent."""
