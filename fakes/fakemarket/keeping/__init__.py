"""Keeping worlds on disk, so that a server that is killed goes on where its last answer left it."""
