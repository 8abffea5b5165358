"""The logic under test: penalty avoidance and reconciliation.

Replaceable, and sharing nothing with the fake it is judged by.
"""
