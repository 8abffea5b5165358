"""The integration platform's own API, version 1: what it knows of orders, and what it can be told to do.

No such API of the real platform is public; paths, fields and words are this project's design [A]. It shows
the platform's copy, never the marketplace's truth, and knows no other face.
"""
