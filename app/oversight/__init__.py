"""Joins the sources of a check of the whole record."""
