"""What the marketplace lives by: pure functions over frozen values.

Nothing here knows a clock, a chance or a network, so every rule can be tested at any instant and used
alike by the world, the faces, the planner and a report. Import from the modules themselves.
"""
