"""The first page of an article: its paragraphs, its title and authors, and what it states altogether."""
