"""Which municipality hosts which shared function, and who is served by it."""
