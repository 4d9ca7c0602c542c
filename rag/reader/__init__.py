"""A question and a window of a text in, what answers out: the trained reader."""
