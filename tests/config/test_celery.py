from unittest.mock import Mock

import pytest
from celery.signals import worker_process_init

from config import celery, large_pages
from jobs.queue_names import ONLY_FIRST


@pytest.mark.parametrize(("told", "times"), [("yes", 1), (None, 0)])
def test_only_those_for_whose_work_somebody_waits_take_large_pages(
    told: str | None, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    gather = Mock()
    monkeypatch.setattr(large_pages, "gather", gather)
    if told:
        monkeypatch.setenv(ONLY_FIRST, told)
    else:
        monkeypatch.delenv(ONLY_FIRST, raising=False)

    receivers = [one for one, _ in worker_process_init.send(None)]

    assert celery.take_large_pages in receivers
    assert gather.call_count == times
