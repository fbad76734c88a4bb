"""Every router of the API, in one list."""

from app.api import cases, definitions, letters, openapi, people, reports, trail

ROUTERS = [one.router for one in (reports, people, letters, cases, trail, definitions, openapi)]
