"""The circular main structure: hubs, their links and chains, and how they fit the other levels."""
