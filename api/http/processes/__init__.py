"""Calculations over the web (OGC API Processes, OGC 18-062r2): why, why not, what if, and a plan."""
