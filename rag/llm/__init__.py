"""An optional model that words answers, and what keeps it to the passages."""
