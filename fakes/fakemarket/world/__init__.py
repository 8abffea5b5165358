"""The rules set in motion: orders, people and platforms under one simulated clock. SimPy lives only here."""
