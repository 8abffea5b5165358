"""The seller's panel: the market as a person sees it in a browser, and a hand on its clock.

Its pages are made here and whole without JavaScript; a few lines of it let the clocks on a page tick. They show what a
seller could know, not what chance has in store. It knows none of the other faces.
"""
