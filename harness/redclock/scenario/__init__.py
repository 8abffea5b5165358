"""What to try: TOML files, validated into values, and the library of bundled ones."""
