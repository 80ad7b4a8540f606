"""The tables of the room: customers with their parts, traits, lists, segments."""

from hatir.domains.customers.models.customers import (
    BANDS,
    CHANNELS,
    COMPANY,
    EDUCATIONS,
    GENDERS,
    HUES,
    INCOMES,
    KINDS,
    LANGUAGES,
    PERSON,
    REGIONS,
    STAGES,
    Address,
    ContactPoint,
    Customer,
    CustomerList,
    CustomerTag,
    ListMember,
    Relation,
    RelationKind,
    Tag,
)
from hatir.domains.customers.models.segments import (
    Segment,
    SegmentCount,
    SegmentMember,
    SegmentStay,
    TargetCriterion,
    TargetProfile,
)
from hatir.domains.customers.models.traits import DIMENSIONS, INFERENCE, SOURCES, STAFF, SURVEY, CustomerTrait, Trait

__all__ = [
    "BANDS", "CHANNELS", "COMPANY", "DIMENSIONS", "EDUCATIONS", "GENDERS", "HUES", "INCOMES", "INFERENCE", "KINDS",
    "LANGUAGES", "PERSON", "REGIONS", "SOURCES", "STAFF", "STAGES", "SURVEY", "Address", "ContactPoint", "Customer",
    "CustomerList", "CustomerTag", "CustomerTrait", "ListMember", "Relation", "RelationKind", "Segment",
    "SegmentCount", "SegmentMember", "SegmentStay", "Tag", "TargetCriterion", "TargetProfile", "Trait",
]  # fmt: skip
