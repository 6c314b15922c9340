"""What changed between two releases and why, and the indicators with which the strategy is followed."""
