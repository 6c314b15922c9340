"""Who asks, what that caller may see, and what is kept about it."""
