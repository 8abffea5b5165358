"""Questions that take more plans, or markets, than one, all in the same luck: what if, across, find, sensitivity, cost.

Answers are plain values, as a plan is. What a question looks like is the report's.
"""
