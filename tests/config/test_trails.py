"""What readers bring along goes on in links, while the kept page stays one for all."""

import gzip
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from werkzeug.test import Client

from briefs import freshness, touches
from briefs.models import Brief
from briefs.touches import Touch
from config.wsgi import application
from intake.models import Enquiry
from tests.factories import BriefFactory
from tests.intake.api.test_enquiries import FOUR
from tests.intake.pages import Page

pytestmark = pytest.mark.django_db(transaction=True)
ELSEWHERE = {"Referer": "https://news.example/story?id=1"}


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """Nothing kept from other tests."""
    for key in freshness.store().scan_iter(freshness.prefix() + "*"):
        freshness.store().delete(key)
    return


@pytest.fixture
def reader() -> Client:
    """A client that comes in as a web server does."""
    return Client(application)


def links(page: Any, start: str) -> list[str]:
    found = [unescape(url) for url in re.findall(r'href="([^"]*)"', page.text)]
    return [url for url in found if url.startswith(start)]


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_the_first_brief_stays_the_first_along_the_way_to_the_form(reader: Client) -> None:
    first, second, third = BriefFactory.create_batch(3)

    one = reader.get(f"{first.get_absolute_url()}?utm_source=letter&utm_other=x", headers=ELSEWHERE)
    to_second = next(u for u in links(one, second.get_absolute_url()) if "via=" in u)
    to_third = next(
        u for u in links(reader.get(to_second), third.get_absolute_url()) if "via=" in u
    )
    form_link = links(reader.get(to_third), "/request/?brief=")[-1]
    form = Page(_Answer(reader.get(form_link)))
    hidden = {name: form.fields[name] for name in ("brief", "form_id", "came")}
    sent = reader.post("/request/", data=FOUR | {"consent": "on"} | hidden)

    enquiry = Enquiry.objects.get()
    assert sent.status_code == 303
    assert (enquiry.first_brief, enquiry.first_section) == (first, "related")
    assert (enquiry.last_brief, enquiry.last_section, enquiry.brief) == (third, "end", third)
    assert (enquiry.utm_source, enquiry.referrer_host) == ("letter", "news.example")


class _Answer:
    """A response of werkzeug as `Page` reads one."""

    def __init__(self, response: Any) -> None:
        self.content = response.data


def test_one_kept_page_does_for_all_and_costs_no_statement(reader: Client) -> None:
    brief = BriefFactory.create()
    address = brief.get_absolute_url()
    plain = reader.get(address)

    with CaptureQueriesContext(connection) as queries:
        answers = [
            reader.get(f"{address}?utm_source=a&via={touches.mark(Touch(1, 1, 'end', 'en'))}"),
            reader.get(f"{address}?utm_source=b"),
            reader.get(address, headers=ELSEWHERE),
        ]
    kept = list(freshness.store().scan_iter(freshness.prefix() + "page:*"))

    assert (len(queries), len(kept)) == (0, 1)
    assert [query(links(a, "/request/")[0]).get("utm_source") for a in answers] == ["a", "b", None]
    assert reader.get(address).data == plain.data


def test_the_page_of_one_reader_is_kept_by_nobody(reader: Client) -> None:
    address = BriefFactory.create().get_absolute_url()
    etag = reader.get(address).headers["ETag"]

    page = reader.get(
        address, headers=ELSEWHERE | {"If-None-Match": etag, "Accept-Encoding": "gzip"}
    )

    assert (page.status_code, page.headers["Content-Encoding"]) == (200, "gzip")
    assert page.headers.getlist("Cache-Control") == ["private, no-cache"]
    assert "ETag" not in page.headers
    assert page.headers["Content-Length"] == str(len(page.data))
    assert b"ref=news.example" in gzip.decompress(page.data)


@pytest.mark.parametrize(
    "brought",
    [
        "via=%22%3E%3Cscript%3E",
        "utm_source=%22%20onclick=%22x",
        "ref=%22x",
        "via=a%00b",
        "utm_term=%3C/a%3E",
    ],
)
def test_nothing_that_is_brought_gets_out_of_its_link(reader: Client, brought: str) -> None:
    address = BriefFactory.create().get_absolute_url()
    plain = re.sub(r'href="[^"]*"', "", reader.get(address).text)

    page = reader.get(f"{address}?{brought}")

    assert page.status_code == 200
    assert re.sub(r'href="[^"]*"', "", page.text) == plain


def test_other_addresses_and_readers_of_ours_are_left_alone(reader: Client) -> None:
    brief = BriefFactory.create()
    own = {"Referer": "http://localhost/briefs/"}

    feed = reader.get("/briefs/feed.atom?utm_source=a", headers=ELSEWHERE)
    page = reader.get(brief.get_absolute_url(), headers=own)

    assert "utm_source" not in feed.text.partition("<entry>")[2]
    assert "ETag" in page.headers
    assert not re.search("[?;]ref=", page.text)
    assert Brief.objects.count() == 1
