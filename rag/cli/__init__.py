"""The commands of `eurag`, by what they work on: each parses, calls one function, and prints."""

from rag.cli.command import app, main

__all__ = ["app", "main"]
