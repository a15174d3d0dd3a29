"""The shell: HTTP, settings, storage, pages and the command line."""
