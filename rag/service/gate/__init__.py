"""Who may ask, how much and how many at once, and what all workers share to know it."""
