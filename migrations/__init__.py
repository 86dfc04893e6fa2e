"""The migrations of the database's schema; a package, so that versions can import migrations.operations."""
