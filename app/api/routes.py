"""Every router of the API, in one list."""

from app.api import cases, definitions, files, openapi, people, reports, trail

ROUTERS = [one.router for one in (reports, people, files, cases, trail, definitions, openapi)]
