"""The folder of library and index: opened, filled, built, and what leaves it erased."""
