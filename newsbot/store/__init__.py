"""The database: tables, migrations, what is written and what is read. The only home of SQL."""
