"""Storage: what the service keeps, which is feedback and nothing else."""
