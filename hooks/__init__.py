"""CDS Hooks as plain values, and one thin module per service."""
