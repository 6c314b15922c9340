"""What the planning science says: pure functions from layers and parameters to tables."""
