"""The addresses of the data center: ``/api/v1/…`` for programs, everything else for people."""

from __future__ import annotations

from django.urls import path, re_path
from drf_spectacular.views import SpectacularJSONAPIView

from kpublish.datacenter import crawling, explorer, pages
from kpublish.datacenter.collecting import pages as collecting_pages
from kpublish.datacenter.finder import pages as finding_pages
from kpublish.datacenter.oai import answering
from kpublish.datacenter.people import entrance, stewarding
from kpublish.datacenter.views import access, collections, depositing, finding, projects, reading, tus
from kpublish.datacenter.workbench import collections as workbench_collections
from kpublish.datacenter.workbench import drafts, upload

_VERSION = "api/v1/releases/<str:kid>/<str:version>"

urlpatterns = [
    path("api/v1/schema/", SpectacularJSONAPIView.as_view()),
    path("api/v1/health", reading.Health.as_view()),
    path("api/v1/releases", reading.Releases.as_view()),
    path("api/v1/search", reading.Search.as_view()),
    path(_VERSION, depositing.OneRelease.as_view()),
    path(f"{_VERSION}/files", depositing.Uploads.as_view()),
    path(f"{_VERSION}/files/<str:sha256>", depositing.OneUpload.as_view()),
    path(f"{_VERSION}/uploads", tus.Uploads.as_view()),
    path(f"{_VERSION}/uploads/<str:sha256>", tus.OneUpload.as_view()),
    path(f"{_VERSION}/lease", depositing.OneLease.as_view()),
    path(f"{_VERSION}/records/<str:archive>", depositing.OneRecord.as_view()),
    path(f"{_VERSION}/publish", depositing.Publication.as_view()),
    path(f"{_VERSION}/review", depositing.Review.as_view()),
    path(f"{_VERSION}/comments", depositing.Comments.as_view()),
    path(f"{_VERSION}/withdraw", depositing.Withdrawal.as_view()),
    path("api/v1/me", access.Me.as_view()),
    path("api/v1/token", access.TrustedToken.as_view()),
    path("api/v1/projects", projects.Projects.as_view()),
    path("api/v1/projects/<int:number>", projects.OneProject.as_view()),
    path("api/v1/projects/<int:number>/people/<str:name>", projects.OnePerson.as_view()),
    path("api/v1/projects/<int:number>/move", projects.Move.as_view()),
    path("api/v1/projects/<int:number>/trail", projects.Trail.as_view()),
    path("api/v1/collections", collections.Collections.as_view()),
    path("api/v1/collections/<str:kid>", collections.OneCollection.as_view()),
    path("api/v1/collections/<str:kid>/versions", collections.Versions.as_view()),
    path("api/v1/collections/<str:kid>/versions/<str:version>", collections.OneVersion.as_view()),
    path("api/v1/collections/<str:kid>/withdraw", collections.Withdrawal.as_view()),
    path("api/v1/collections/<str:kid>/members/<str:member>", collections.OneMember.as_view()),
    path("api/v1/kid/<str:kid>", finding.OneIdentifier.as_view()),
    path("api/v1/ktype", finding.Kinds.as_view()),
    path("api/v1/ktype/<str:ktype>", finding.OneKind.as_view()),
    path("api/v1/resources/<str:kid>", reading.OneResource.as_view()),
    path("api/v1/files/<str:sha256>", reading.OneContent.as_view()),
    path("api/v1/explorer", explorer.explorer),
    path("api/v1/explorer/<str:name>", explorer.asset),
    re_path(r"^api(?:/.*)?$", reading.Nothing.as_view()),
    path("", pages.catalogue),
    path("r/<str:kid>", pages.landing),
    path("r/<str:kid>/<str:version>", pages.landing),
    path("r/<str:kid>/<str:version>/files/<path:name>", pages.download),
    path("r/<str:kid>/<str:version>/metadata/<str:name>", pages.metadata),
    path("r/<str:kid>/<str:version>/linkset.json", pages.metadata, {"name": "linkset.json"}),
    path("r/<str:kid>/<str:version>/linkset", pages.metadata, {"name": "linkset"}),
    path("oai", answering.oai),
    path("robots.txt", crawling.robots),
    path("sitemap.xml", crawling.sitemaps),
    path("sitemap-collections.xml", crawling.collections_map),
    path("sitemap-<int:number>.xml", crawling.sitemap),
    path("review/<str:signed>", drafts.review),
    path("review/<str:signed>/files/<path:name>", drafts.review_file),
    path("drafts/<str:kid>/<str:version>", drafts.draft),
    path("drafts/<str:kid>/<str:version>/files/<path:name>", drafts.draft_file),
    path("upload", upload.upload),
    path("kid", finding_pages.search),
    path("kid/<str:kid>", finding_pages.kid),
    path("ktype", finding_pages.kinds),
    path("ktype/<str:ktype>", finding_pages.kind),
    path("collections", collecting_pages.collections),
    path("collections/new", workbench_collections.new),
    path("collections/<str:kid>", collecting_pages.collection),
    path("collections/<str:kid>/edit", workbench_collections.edit),
    path("collections/<str:kid>/km3resource.json", collecting_pages.collection_resource),
    path("collections/<str:kid>/<str:version>", collecting_pages.version),
    path("collections/<str:kid>/<str:version>/km3resource.json", collecting_pages.version_resource),
    path("login", entrance.sign_in),
    path("logout", entrance.sign_out),
    path("account", entrance.account),
    path("admin", stewarding.admin),
    path("privacy", entrance.privacy),
    path("favicon.svg", pages.favicon),
    path("favicon.ico", pages.favicon),
]

handler400 = "kpublish.datacenter.problems.bad_request"
handler404 = "kpublish.datacenter.problems.missing_page"
handler500 = "kpublish.datacenter.problems.failed"
