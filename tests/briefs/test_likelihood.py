"""The scale has no gaps and never says never."""

from itertools import pairwise

from briefs.likelihood import RANGES, Likelihood
from briefs.page_lines import steps_of


def test_ranges_follow_each_other_without_gap() -> None:
    ranges = [RANGES[term] for term in Likelihood]

    assert [(a.high, b.low) for a, b in pairwise(ranges)] == [
        (n, n) for n in (5, 20, 45, 55, 80, 95)
    ]
    assert (ranges[0].low, ranges[-1].high) == (1, 99)


def test_drawn_scale_marks_one_step() -> None:
    steps = steps_of(Likelihood.LIKELY)

    assert [step.chosen for step in steps] == [False, False, False, False, True, False, False]
    assert (steps[4].start, round(steps[4].width, 1)) == (55.4, 24.2)
    assert (steps[0].start, round(steps[-1].start + steps[-1].width, 1)) == (0.4, 99.6)
