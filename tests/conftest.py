"""For the whole suite: pytest's own tool for testing plugins."""

pytest_plugins = ["pytester"]
