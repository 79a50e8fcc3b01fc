"""What every answer of the site needs: its socket, guard and problems, the database behind it, common parameters."""
