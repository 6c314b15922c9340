"""Geometry, coordinate systems, files, proximity and overlay; knows no planning word."""
