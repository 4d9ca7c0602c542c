"""The commands of `eurag`, by what they work on: each parses, calls one function, and prints."""
