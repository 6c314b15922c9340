"""Mixed-integer programmes: model, HiGHS, kernel search, a bound that is always ours; no planning word."""
