"""Measures how well faces are aged: by judges that training never saw, and by asking people."""
