"""Oracles: what must hold and what is measured, from the ledger and from nothing else."""
