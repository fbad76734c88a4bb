"""The JSON API at /api/v1: its own bodies, schemas and problem responses."""

PREFIX = "/api/v1"
