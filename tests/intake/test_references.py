import re
import uuid

from accounts import private_links
from intake import references


def test_a_reference_can_be_read_out():
    made = {references.new_reference("R") for _ in range(500)}

    assert len(made) == 500
    assert all(re.fullmatch(r"R-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", one) for one in made)
    assert {symbol for one in made for symbol in one[2:]} == set(
        "0123456789ABCDEFGHJKMNPQRSTVWXYZ-"
    )


def test_a_token_is_of_its_purpose_its_seed_and_the_secret(settings):
    seed = uuid.UUID(int=7)
    token = private_links.make_token("a", seed)
    again = private_links.make_token("a", seed)
    other_purpose = private_links.make_token("b", seed)
    other_seed = private_links.make_token("a", uuid.UUID(int=8))
    settings.SECRET_KEY = "another" * 10
    other_secret = private_links.make_token("a", seed)

    assert token == again
    assert len({token, other_purpose, other_seed, other_secret}) == 4
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    assert re.fullmatch(r"[0-9a-f]{64}", private_links.digest(token))
