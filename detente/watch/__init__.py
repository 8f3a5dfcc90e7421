"""Sources are read again and again, each on its own schedule, and what rules look for is told."""
