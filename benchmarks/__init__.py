"""How much this service costs: measured beside a floor server, and never asserted."""
