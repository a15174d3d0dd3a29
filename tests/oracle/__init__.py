"""A second, naive calculator of the MME total, written from docs/specification.md and not from the code.

It reads the same CSV files of knowledge and nothing else of the service. It knows R4 orders whose drug is coded; names
and written directions are left to the tables. Where several things stand in the way of counting, or the specification
leaves a choice, it gives every answer that they allow: a `Verdict` is a set of outcomes.

Slow and plain on purpose: exact fractions, no classes of units, no cleverness.
"""
