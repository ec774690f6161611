import pytest

from config.header_parameters import drop_starred


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("application/json; charset*=utf-8''%00", "application/json"),
        ("application/json; charset*=x''y; charset=utf-8", "application/json; charset=utf-8"),
        ("multipart/form-data; boundary=b; charset*0=x; charset*1*", "multipart/form-data; boundary=b"),
        ("a; one, two*=x''y", "a"),
    ],
)  # fmt: skip
def test_a_content_type_loses_its_starred_parameters(told, read):
    assert drop_starred({"CONTENT_TYPE": told}) == {"CONTENT_TYPE": read}


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("application/json;x*=bogus''y, */*;q=0.8", "application/json, */*;q=0.8"),
        ("a;charset*0*=1;charset*1*=2;q=0.1, b", "a;q=0.1, b"),
    ],
)
def test_an_accept_header_loses_them_type_by_type(told, read):
    assert drop_starred({"HTTP_ACCEPT": told}) == {"HTTP_ACCEPT": read}


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"CONTENT_TYPE": "multipart/form-data; boundary=a*b"},
        {"CONTENT_TYPE": 'multipart/form-data; boundary="a*b"', "HTTP_ACCEPT": "*/*"},
        {"HTTP_ACCEPT": "text/html,application/xml;q=0.9,*/*;q=0.8"},
    ],
)
def test_all_other_headers_stay_as_they_are(environ):
    assert drop_starred(environ) == environ
