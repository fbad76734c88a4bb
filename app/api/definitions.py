"""Procedures and guidance as data, for everyone: a form cannot be filled in by whoever may not know its questions."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from app import deps
from app.api import PREFIX
from app.api.schemas import GuidanceData, Procedures, WorkflowData, refusals
from app.cases.queries import field_json
from app.deps import Home
from app.errors import NotFound
from app.workflow.definition import RecordKind, Transition, Workflow
from app.workflow.fields import as_schema

router = APIRouter(prefix=PREFIX, tags=["Definitions"], dependencies=[Depends(deps.public)])


@router.get("/workflows", responses={200: {"model": Procedures}})
def get_workflows(home: Home) -> JSONResponse:
    """Every procedure in every version."""
    listed = [
        {
            "name": one.name,
            "version": one.version,
            "title": one.title,
            "digest": one.digest,
            "guidance": one.guidance or None,
            "default": one is home.workflows.default(),
        }
        for one in home.workflows.all()
    ]
    return JSONResponse({"items": listed})


@router.get("/workflows/{name}/{version}", responses={200: {"model": WorkflowData}, **refusals(404, 422)})
def get_workflow(home: Home, name: str, version: int) -> JSONResponse:
    """One procedure: states, steps with their questions and conditions, records, the questions of a report."""
    found = next((one for one in home.workflows.all() if (one.name, one.version) == (name, version)), None)
    if found is None:
        raise NotFound("There is no such procedure here")
    return JSONResponse(workflow_json(found))


@router.get("/guidance/{version}", responses={200: {"model": GuidanceData}, **refusals(404)})
def get_guidance(home: Home, version: str) -> JSONResponse:
    """One guidance: its clauses by our code, in our words."""
    found = home.workflows.guidances.get(version)
    if found is None:
        raise NotFound("There is no such guidance here")
    return JSONResponse(asdict(found))


def workflow_json(workflow: Workflow) -> dict[str, Any]:
    """A procedure as JSON; `digest` is the SHA-256 of the canonical `rules`."""
    opening = workflow.opening
    return {
        "name": workflow.name,
        "version": workflow.version,
        "title": workflow.title,
        "digest": workflow.digest,
        "rules": workflow.rules,
        "guidance": workflow.guidance or None,
        "initial": workflow.initial,
        "states": [asdict(state) for state in workflow.states.values()],
        "public_steps": [asdict(step) for step in workflow.public_steps],
        "open": {
            "kinds": [asdict(kind) for kind in opening.kinds],
            "pages": [
                {"title": page.title, "lead": page.lead, "fields": [field_json(one) for one in page.fields]}
                for page in opening.pages
            ],
            "schemas": {
                kind.name: as_schema(opening.fields(kind.name, account=True), kind=kind.name) for kind in opening.kinds
            },
        },
        "transitions": [_transition_json(arrow) for arrow in workflow.transitions],
        "records": [_record_json(kind) for kind in workflow.records.values()],
        "clocks": [asdict(clock) for clock in workflow.clocks.values()],
        "words": dict(workflow.words),
    }


def _transition_json(arrow: Transition) -> dict[str, Any]:
    return {
        **{name: getattr(arrow, name) for name in ("trigger", "source", "dest", "label", "help", "done")},
        "roles": list(arrow.roles),
        "conditions": list(arrow.conditions),
        "inputs": [field_json(one) for one in arrow.inputs],
        "schema": as_schema(arrow.inputs),
        "then": [asdict(effect) for effect in arrow.then],
    }


def _record_json(kind: RecordKind) -> dict[str, Any]:
    return {
        **{name: getattr(kind, name) for name in ("name", "label", "help", "done")},
        "roles": list(kind.roles),
        "states": list(kind.states),
        "answers": list(kind.answers),
        "fields": [field_json(one) for one in kind.fields],
        "schema": as_schema(kind.fields),
        "then": [asdict(effect) for effect in kind.then],
    }
