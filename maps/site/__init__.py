"""The pages of the viewer: how they look and read, made from plain values."""
