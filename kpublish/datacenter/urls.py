"""The addresses of the data center: ``/api/v1/…`` for programs, everything else for people."""

from __future__ import annotations

from django.urls import path, re_path

from kpublish.datacenter import pages, views

_VERSION = "api/v1/releases/<str:kid>/<str:version>"

urlpatterns = [
    path("api/v1/health", views.Health.as_view()),
    path("api/v1/releases", views.Releases.as_view()),
    path(_VERSION, views.OneRelease.as_view()),
    path(f"{_VERSION}/files", views.Uploads.as_view()),
    path(f"{_VERSION}/files/<str:sha256>", views.OneUpload.as_view()),
    path(f"{_VERSION}/publish", views.Publication.as_view()),
    path("api/v1/resources/<str:kid>", views.OneResource.as_view()),
    path("api/v1/files/<str:sha256>", views.OneContent.as_view()),
    re_path(r"^api(?:/.*)?$", views.Nothing.as_view()),
    path("", pages.catalogue),
    path("r/<str:kid>", pages.landing),
    path("r/<str:kid>/<str:version>", pages.landing),
    path("r/<str:kid>/<str:version>/files/<path:name>", pages.download),
    path("favicon.svg", pages.favicon),
    path("favicon.ico", pages.favicon),
]

handler400 = "kpublish.datacenter.problems.bad_request"
handler404 = "kpublish.datacenter.problems.missing_page"
handler500 = "kpublish.datacenter.problems.failed"
