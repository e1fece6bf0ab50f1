"""Sourcing: who can supply what a concept requires, for how long, and what is missing."""
