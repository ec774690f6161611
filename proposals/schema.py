"""The shape of a frozen proposal version, and the check that a content has it."""

import re
from datetime import datetime
from decimal import Decimal
from types import UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    TypedDict,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

# Raised when the shape changes; what was frozen under an old number keeps it.
SCHEMA = 1

# Frozen as text; what comes as text already must be what freezing would have made of it.
Amount = Annotated[Decimal | str, re.compile(r"-?\d+(\.\d+)?", re.ASCII)]
Instant = Annotated[datetime | str, re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)]


class Run(TypedDict):
    """Text in one style. `text` may hold a newline, which is a line break."""

    text: str
    b: NotRequired[bool]
    i: NotRequired[bool]
    href: NotRequired[str]


class TextBlock(TypedDict):
    """A paragraph or a heading."""

    t: Literal["p", "h3"]
    runs: list[Run]


class ListBlock(TypedDict):
    """A bullet list or a numbered one; each item is a list of blocks."""

    t: Literal["ul", "ol"]
    items: list[list["Block"]]
    start: NotRequired[int]


Block = TextBlock | ListBlock


class PreparedFor(TypedDict):
    """The client as addressed; what is not known is empty."""

    name: str
    organisation: str
    job_title: str


class PreparedBy(TypedDict):
    """The adviser who answers for the proposal."""

    name: str
    email: str
    title: str


class Request(TypedDict):
    """What the client asked, in the client's words."""

    reference: str
    received_at: Instant
    needs: str


class Brief(TypedDict):
    """A brief that the proposal rests on."""

    title: str
    reference: str
    url: str
    published_at: Instant


class Section(TypedDict):
    """A part of the text; the id stays the same from version to version."""

    id: str
    heading: str
    blocks: list[Block]


class LineItem(TypedDict):
    """A priced line; `tax_rate` is in per cent."""

    id: str
    description: str
    quantity: Amount
    unit: str
    unit_price: Amount
    tax_rate: Amount
    tax_label: str
    net: Amount


class TaxGroup(TypedDict):
    """The tax of one rate and label."""

    label: str
    rate: Amount
    base: Amount
    amount: Amount


class Totals(TypedDict):
    """What the lines add up to, and by which policy."""

    net: Amount
    taxes: list[TaxGroup]
    total: Amount
    policy: str


class House(TypedDict):
    """Who offers."""

    name: str
    address: str
    email: str
    url: str


class Content(TypedDict):
    """All that a proposal version says; the client's page and the PDF show this and no more."""

    schema: Literal[1]
    reference: str
    version: int
    title: str
    language: Literal["en", "fr", "pt", "ar"]
    currency: str
    prepared_for: PreparedFor
    prepared_by: PreparedBy
    issued_at: Instant
    valid_until: Instant
    request: Request
    briefs: list[Brief]
    sections: list[Section]
    lines: list[LineItem]
    totals: Totals
    terms: list[Block]
    house: House


def check_shape(value: Any, shape: Any = Content, where: str = "content") -> None:
    """Raise ValueError, naming the place, when a value has not the declared shape.

    Unknown and missing keys are refused: what is frozen cannot be mended later.
    """
    origin, inner = get_origin(shape), get_args(shape)
    if is_typeddict(shape):
        check_keys(value, shape, where)
    elif origin is NotRequired:
        check_shape(value, inner[0], where)
    elif origin is Annotated:
        check_shape(value, inner[0], where)
        require(
            not isinstance(value, str) or inner[1].fullmatch(value), where, "well formed", value
        )
    elif origin is list:
        require(isinstance(value, list | tuple), where, "a list", value)
        for number, item in enumerate(value):
            check_shape(item, inner[0], f"{where}[{number}]")
    elif origin is Literal:
        require(value in inner, where, f"one of {inner}", value)
    elif origin is UnionType:
        require(any(has_shape(value, each) for each in inner), where, f"{shape}", value)
    else:
        # bool is an int to Python, not to us.
        right = isinstance(value, shape) and (shape is bool or not isinstance(value, bool))
        require(right, where, shape.__name__, value)


def has_shape(value: Any, shape: Any) -> bool:
    """Whether a value has a shape: one way out of several."""
    try:
        check_shape(value, shape)
    except ValueError:
        return False
    return True


def check_keys(value: Any, shape: Any, where: str) -> None:
    """Raise ValueError unless a dict has the keys that a TypedDict asks for, each of its shape."""
    require(isinstance(value, dict), where, "a dict", value)
    missing = shape.__required_keys__ - value.keys()
    unknown = value.keys() - shape.__required_keys__ - shape.__optional_keys__
    require(not missing, where, f"a dict with {', '.join(sorted(missing))}", value)
    require(not unknown, where, f"a dict without {', '.join(sorted(unknown))}", value)
    for key, hint in get_type_hints(shape, include_extras=True).items():
        if key in value:
            check_shape(value[key], hint, f"{where}.{key}")


def require(holds: object, where: str, wanted: str, value: Any) -> None:
    """Raise ValueError that says what was wanted where; the value itself stays out of logs."""
    if not holds:
        raise ValueError(f"{where} must be {wanted}; it is of type {type(value).__name__}.")
