import io

import pytest
from django.core.exceptions import BadRequest

from config.whole_bodies import WholeBody


@pytest.mark.parametrize("size", [-1, None, 5, 9])
def test_a_body_that_is_whole_is_read(size):
    assert WholeBody(io.BytesIO(b"whole, and more"), 5).read(size) == b"whole"


def test_it_is_read_in_pieces_to_its_end():
    body = WholeBody(io.BytesIO(b"whole"), 5)

    assert [body.read(2), body.read(2), body.read(2), body.read(2)] == [b"wh", b"ol", b"e", b""]


@pytest.mark.parametrize("size", [-1, None, 6])
def test_one_that_was_cut_off_is_refused(size):
    with pytest.raises(BadRequest, match="did not arrive whole"):
        WholeBody(io.BytesIO(b"whole"), 6).read(size)


def test_one_that_was_cut_off_is_refused_where_it_ends():
    body = WholeBody(io.BytesIO(b"whole"), 6)

    assert body.read(5) == b"whole"
    with pytest.raises(BadRequest):
        body.read(1)
