"""Storage: what the service keeps: feedback, which cards were shown, used tokens and sealed explanations."""
