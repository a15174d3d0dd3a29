"""Taper plans that a pharmacy can fill: steps in strengths that exist, at a published pace, with their dates."""
