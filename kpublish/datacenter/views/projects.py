"""Projects, what people are in them, and whose a namespace is; for who may do everything."""

from __future__ import annotations

from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kpublish.datacenter import reading
from kpublish.datacenter.authentication import Caller, caller_of
from kpublish.datacenter.marks import mark, refuse_changed
from kpublish.datacenter.models import Act, Project
from kpublish.datacenter.openapi import operation
from kpublish.datacenter.people import acts
from kpublish.datacenter.people.accounts import set_role
from kpublish.datacenter.people.projects import allow_publishing, described, move
from kpublish.datacenter.problems import not_found

_LARGEST = 2**63 - 1


class Projects(APIView):
    """All registered projects."""

    @operation("Projects", 401, 403)
    def get(self, request: Request) -> Response:
        _steward(request)
        return Response({"results": [described(project) for project in Project.objects.order_by("pk")]})


class OneProject(APIView):
    """What is registered of a project, and whether its CI publishes or submits."""

    @operation("Project", 401, 403, 404)
    def get(self, request: Request, number: int) -> Response:
        _steward(request)
        return _told(_project(number))

    @operation("Project", 401, 403, 404, 412, 413, 415, 422, sends="Permission")
    def patch(self, request: Request, number: int) -> Response:
        caller, project = _steward(request), _project(number)
        sent = reading.read(request._request, reading.Permission)
        refuse_changed(request, described(project), "project")
        allow_publishing(project, caller.name, may_publish=sent.may_publish)
        return _told(project)


class OnePerson(APIView):
    """What a person is in a project."""

    @operation("Project", 401, 403, 404, 412, 413, 415, 422, sends="Role")
    def put(self, request: Request, number: int, name: str) -> Response:
        caller, project = _steward(request), _project(number)
        sent = reading.read(request._request, reading.Role)
        refuse_changed(request, described(project), "project")
        set_role(name, project, sent.role, caller.name)
        return _told(project)


class Move(APIView):
    """Gives the namespace of a project, its kids and people, to another project."""

    @operation("Project", 401, 403, 404, 412, 413, 415, 422, sends="Moving")
    def post(self, request: Request, number: int) -> Response:
        caller, project = _steward(request), _project(number)
        sent = reading.read(request._request, reading.Moving)
        refuse_changed(request, described(project), "project")
        target = _project(sent.to)
        move(project, target, caller.name)
        return _told(target)


class Trail(APIView):
    """What was decided about a project and its people; it only grows."""

    @operation("Trail", 401, 403, 404)
    def get(self, request: Request, number: int) -> Response:
        _steward(request)
        lines = Act.objects.filter(about="project", subject=acts.name_of(_project(number)))
        told = [{"date": line.made.isoformat(), "verb": line.verb, "by": line.by, "details": line.json} for line in lines]
        return Response({"results": told})


def _steward(request: Request) -> Caller:
    caller = caller_of(request)
    if caller.token is None:
        raise NotAuthenticated
    caller.require_steward()
    return caller


def _project(number: int) -> Project:
    project = Project.objects.filter(pk=number).first() if number <= _LARGEST else None
    if project is None:
        raise not_found(f"project {number}")
    return project


def _told(project: Project) -> Response:
    project.refresh_from_db()
    told = described(project)
    return Response(told, headers={"ETag": mark(told)})
