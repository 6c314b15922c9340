"""Fetching layers from services, with provenance: connectors, recipes and a cache that outlives a break."""
