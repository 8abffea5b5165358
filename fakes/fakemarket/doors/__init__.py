"""How calls come in: in-process doors for client libraries and a real server, all to the same market."""
