"""The planner's own engine: what the market's world says about misses, without its events, and far sooner.

Equal to the world order for order, or it refuses (`NotCovered`). Written once for numba and for numpy alone.
"""
