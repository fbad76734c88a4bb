"""Every router of the API, in one list."""

from app.api import cases, definitions, openapi, people, replies, reports, trail

ROUTERS = [one.router for one in (reports, replies, people, cases, trail, definitions, openapi)]
