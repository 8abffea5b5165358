"""The control plane: hold the clock, look behind the scenes, break things. No API of the real platform.

It shows the truth, which the other faces never do, and knows none of them.
"""
