"""From words at places on pages to text in reading order. Knows no file format."""
