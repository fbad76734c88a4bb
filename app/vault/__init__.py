"""Sealed content: names, contacts and free text, readable only with the key folder beside the database."""
