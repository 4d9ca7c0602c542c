"""Search: what a question is searched by, and the passages that it finds."""
