"""A document drawn as Word, PDF and web page, from the same parts."""
