"""What the data center knows: versions with their files and history, and who may do what."""

from kpublish.datacenter.models.access import RIGHTS, Claim, Exchange, Namespace, Project, Token
from kpublish.datacenter.models.finding import Belonging, Collection, CollectionVersion, Step
from kpublish.datacenter.models.history import Event, Lease, Record
from kpublish.datacenter.models.inspections import Inspection
from kpublish.datacenter.models.listing import Edition, Facet, Listing, Tally
from kpublish.datacenter.models.people import ROLES, Act, Attempt, Membership
from kpublish.datacenter.models.versions import ENDED, File, Resource, Status, Version

__all__ = [
    "ENDED",
    "RIGHTS",
    "ROLES",
    "Act",
    "Attempt",
    "Belonging",
    "Claim",
    "Collection",
    "CollectionVersion",
    "Edition",
    "Event",
    "Exchange",
    "Facet",
    "File",
    "Inspection",
    "Lease",
    "Listing",
    "Membership",
    "Namespace",
    "Project",
    "Record",
    "Resource",
    "Status",
    "Step",
    "Tally",
    "Token",
    "Version",
]
