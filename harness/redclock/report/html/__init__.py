"""Pages for a browser, a printer or a ticket: one file each, which works from disk and asks nobody for anything.

jinja2 comes with the extra `html` and is imported when a page is made.
"""
