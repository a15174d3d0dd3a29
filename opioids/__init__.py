"""The domain: opioid drugs, doses, conversion factors, guidelines. Standard library only."""
