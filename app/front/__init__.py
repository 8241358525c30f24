"""The front end behind its pages: the pool that simulates, what a visitor asks, how results are shown."""
