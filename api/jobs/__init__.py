"""Jobs: the only place where rooms are put together."""
