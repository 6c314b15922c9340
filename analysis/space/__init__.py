"""Demand for land, released land, the balance, and where heavy space could exist at all."""
