"""What a seller's own orders say about the market they came from: a profile, and what it is worth.

Arrays throughout: needs numpy, which the extra `fit` brings.
"""
