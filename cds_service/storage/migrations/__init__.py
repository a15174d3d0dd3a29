"""Alembic's environment and the migrations, run by `cds_service.storage.database`."""
