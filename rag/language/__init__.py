"""Facts of language, each once."""
