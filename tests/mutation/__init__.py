"""Mutation testing of the domain: small faults put into `opioids/`, each of which a test has to notice."""
