"""What is shown: JSON for programs, text for a terminal."""
