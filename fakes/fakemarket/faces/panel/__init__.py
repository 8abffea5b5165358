"""The seller's panel: the market as a person sees it in a browser, and a hand on its clock.

Its pages are made here and whole without JavaScript; a few lines of it let the clocks on a page tick. They show what
has happened, some of which no seller would be told yet, but never what chance has in store. It knows no other face.
"""
