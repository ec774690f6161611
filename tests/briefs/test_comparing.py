from briefs import comparing
from briefs.comparing import Piece


def test_pieces_lead_from_one_text_to_the_other() -> None:
    pieces = comparing.compare_words("The road is closed now.", "The road is open now.")

    assert pieces == [
        Piece("same", "The road is"),
        Piece("deleted", " closed"),
        Piece("inserted", " open"),
        Piece("same", " now."),
    ]


def test_long_runs_that_both_have_are_folded_around_the_change() -> None:
    words = " ".join(f"w{n}" for n in range(400))
    pieces = comparing.fold(comparing.compare_words(f"{words} old {words}", f"{words} new {words}"))

    assert [piece.change for piece in pieces] == [
        *("same", "folded", "same", "deleted", "inserted", "same", "folded", "same"),
    ]
    assert [piece.text for piece in pieces if piece.change == "folded"] == ["370", "370"]
    assert pieces[2].text.split() == [f"w{n}" for n in range(370, 400)]
    assert pieces[5].text.split() == [f"w{n}" for n in range(30)]


def test_short_runs_are_shown_whole() -> None:
    pieces = comparing.compare_words("One two three four.", "One two three five.")

    assert comparing.fold(pieces) == pieces


def test_comparison_speaks_the_language_of_the_text() -> None:
    assert comparing.compare({}, {"language": "ar", "title": "نص"}).language == "ar"
