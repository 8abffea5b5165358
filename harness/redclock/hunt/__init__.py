"""Looks for the scenario nobody thought of: draws worlds and faults by chance, and makes what breaks a subject small.

For other repositories: `strategies` are hypothesis strategies for settings, faults and scenarios, `machine` is a
rule-based state machine of a market. All of it needs the extra `hunt`; nothing here is imported with `redclock`.
"""
