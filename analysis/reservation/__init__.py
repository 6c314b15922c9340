"""Which sites to reserve, for what, from when, and why."""
