"""One adapter for each API dialect: reads requests, renders answers, holds no state and decides nothing."""
