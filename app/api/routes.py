"""Every router of the API, in one list."""

from app.api import cases, definitions, openapi, people, reports, trail

ROUTERS = [one.router for one in (reports, people, cases, trail, definitions, openapi)]
