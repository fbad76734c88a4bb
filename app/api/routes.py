"""Every router of the API, in one list."""

from app.api import cases, closures, definitions, openapi, people, reports, trail

ROUTERS = [one.router for one in (reports, people, cases, closures, trail, definitions, openapi)]
