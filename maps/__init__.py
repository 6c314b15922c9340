"""How results look: maps and reports drawn from a release, whoever made it."""
