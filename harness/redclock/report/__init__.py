"""What people are shown: tables, stories and plans for a terminal."""
