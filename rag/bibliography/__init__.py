"""Bibliographic records in the forms that scholars and their programs use."""
