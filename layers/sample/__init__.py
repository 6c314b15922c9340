"""The schematic sample region, made by code from facts."""
