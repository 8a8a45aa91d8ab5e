"""Measures: contestants, the load they are put under, and the tables that come of it. Nothing imports this package."""
