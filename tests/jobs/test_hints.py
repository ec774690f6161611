import json
import os
import select
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from kombu.exceptions import OperationalError
from kombu.transport import memory
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeout

from config import celery_app
from jobs import hint_message, hints, tasks
from jobs.valkey_line import Line, packed
from tests.jobs.broker import Broker
from tests.log_lines import logged
from tests.processes import eventually


def fail(error: Exception) -> Callable[[], None]:
    def function() -> None:
        raise error

    return function


# --- The circuit breaker


def test_a_closed_breaker_passes_the_answer_on() -> None:
    assert hints.Breaker(pause=60).call(lambda: 7) == 7


@pytest.mark.parametrize(
    "error", [OperationalError(), RedisTimeout(), ConnectionRefusedError(), TimeoutError()]
)
def test_a_failure_of_the_broker_opens_the_breaker(error: Exception) -> None:
    breaker, called = hints.Breaker(pause=60), []

    with pytest.raises(hints.BrokerAway):
        breaker.call(fail(error))
    with pytest.raises(hints.BrokerAway):
        breaker.call(lambda: called.append(1))

    assert breaker.is_open
    assert called == []


def test_an_open_breaker_closes_after_its_pause() -> None:
    breaker = hints.Breaker(pause=0.05)
    with pytest.raises(hints.BrokerAway):
        breaker.call(fail(ConnectionRefusedError()))

    eventually(lambda: not breaker.is_open)

    assert breaker.call(lambda: 7) == 7


def test_another_failure_is_not_taken_for_the_brokers() -> None:
    breaker = hints.Breaker(pause=60)

    with pytest.raises(LookupError):
        breaker.call(fail(LookupError()))

    assert not breaker.is_open


def test_the_pause_is_logged_without_the_address_of_the_broker(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(hints.BrokerAway):
        hints.Breaker(pause=30).call(fail(OperationalError("redis://:password@host")))

    (line,) = logged(caplog, "derisk.hints")
    assert (line["event"], line["error"], line["seconds"]) == (
        "hints paused",
        "OperationalError",
        30,
    )
    assert "password" not in str(line)


# --- What lies in the broker


def test_a_hint_is_an_id_on_the_queue_of_the_workers(broker: Broker) -> None:
    hints.publish(41)

    assert broker.messages() == [("jobs.look", [41])]


def test_a_hint_of_ours_is_what_celery_itself_would_send(broker: Broker) -> None:
    hints.publish(41, 42)
    tasks.look.delay(41, 42)

    ours, celerys = (json.loads(raw) for raw in broker.raw())
    for message in (ours, celerys):
        ids = {message["headers"].pop("id"), message["headers"].pop("root_id")}
        assert ids == {message["properties"].pop("correlation_id")}
        assert message["properties"].pop("delivery_tag") not in ids
        assert message["properties"].pop(
            "reply_to"
        )  # where answers would go, of each thread its own
    assert ours == celerys


def test_no_two_hints_have_the_same_ids(broker: Broker) -> None:
    hints.publish(41)
    hints.publish(41)

    one, two = (json.loads(raw) for raw in broker.raw())
    assert one["headers"]["id"] != two["headers"]["id"]
    assert one["properties"]["delivery_tag"] != two["properties"]["delivery_tag"]


def test_waiting_counts_what_no_worker_has_taken(broker: Broker) -> None:
    assert hints.waiting() == hints.waiting(at_once=True) == 0

    hints.publish(1)
    hints.publish(2)
    hints.publish(3, at_once=True)

    assert (hints.waiting(), hints.waiting(at_once=True)) == (2, 1)


def test_workers_take_what_is_at_once_before_what_waits(broker: Broker) -> None:
    """As a worker of Celery takes messages, so asked of its own consumer."""
    for job_id in (1, 2):
        hints.publish(job_id)
    for job_id in (3, 4):
        hints.publish(job_id, at_once=True)
    taken: list[int] = []

    with celery_app.connection_for_read() as connection:
        consumer = celery_app.amqp.TaskConsumer(
            connection.default_channel,
            callbacks=[lambda body, message: (taken.append(body[0][0]), message.ack())],
            accept=["json"],
        )
        consumer.qos(prefetch_count=1)
        with consumer:
            while len(taken) < 4:
                connection.drain_events(timeout=60)

    assert taken == [3, 4, 1, 2]


# --- The thread that publishes


class Slow:
    """A broker that takes a hint only when the test lets it."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.let = threading.Semaphore(0)
        self.published: list[int] = []
        self.threads: set[int] = set()

    def publish(self, told: Sequence[hints.Hint]) -> None:
        self.threads.add(threading.get_ident())
        for (job_id,), _ in told:
            self.asked.release()
            assert self.let.acquire(timeout=60)
            self.published.append(job_id)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    slow = Slow()
    monkeypatch.setattr(hints, "publish_all", slow.publish)
    return slow


def test_sending_returns_before_the_broker_answers(slow: Slow) -> None:
    publisher = hints.Publisher()

    publisher.send([1], [2])
    assert slow.asked.acquire(timeout=60)
    assert slow.published == []

    slow.let.release(2)
    publisher.drain()
    assert slow.published == [1, 2]


def test_what_does_not_fit_falls_and_is_logged(
    slow: Slow, caplog: pytest.LogCaptureFixture
) -> None:
    publisher = hints.Publisher(size=3)
    publisher.send([1])
    assert slow.asked.acquire(timeout=60)  # the thread holds 1; three more find room

    publisher.send([2], [3], [4], [5], [6])

    dropped = [line["jobs"] for line in logged(caplog, "derisk.hints")]
    assert dropped == [[5], [6]]
    slow.let.release(4)
    publisher.drain()
    assert slow.published == [1, 2, 3, 4]


def test_one_thread_serves_many_senders(slow: Slow) -> None:
    publisher = hints.Publisher()
    slow.let.release(100)

    senders = [threading.Thread(target=publisher.send, args=([n],)) for n in range(100)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    publisher.drain()

    assert sorted(slow.published) == list(range(100))
    assert len(slow.threads) == 1


def test_after_a_failure_hints_fall_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def refuse(told: Sequence[hints.Hint]) -> None:
        asked.extend(job_id for (job_id,), _ in told)
        raise ConnectionRefusedError

    monkeypatch.setattr(hints, "publish_all", refuse)
    publisher = hints.Publisher(pause=60)

    for job_id in (1, 2, 3):
        publisher.send([job_id])
        publisher.drain()

    assert asked == [1]


def test_what_waits_goes_in_one_trip(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    trips: list[Sequence[hints.Hint]] = []
    publisher = hints.Publisher()
    publisher.send([1])
    assert slow.asked.acquire(timeout=60)  # the thread is on its way with it

    monkeypatch.setattr(hints, "publish_all", trips.append)
    publisher.send([2], at_once=True)
    publisher.send([3], [4])
    slow.let.release()
    publisher.drain()

    assert trips == [[([2], True), ([3], False), ([4], False)]]


def test_a_trip_that_is_refused_halfway_leaves_no_answer_behind(broker: Broker) -> None:
    store = hints._broker()
    store.set("test_text", "a")
    line = Line()

    with pytest.raises(ResponseError):
        line.ask_all(store, [packed(b"LPUSH", b"test_text", b"b"), packed(b"ECHO", b"late")])

    assert line.ask(store, packed(b"GET", b"test_text")) == b"a"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_ours_ends_the_thread_and_the_next_hint_starts_another(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    published: list[int] = []

    def publish(told: Sequence[hints.Hint]) -> None:
        for (job_id,), _ in told:
            if job_id == 1:
                raise LookupError("a fault of ours")
            published.append(job_id)

    monkeypatch.setattr(hints, "publish_all", publish)
    publisher = hints.Publisher()
    publisher.send([1])
    publisher.drain()
    thread = publisher._thread
    assert thread is not None
    thread.join(60)

    publisher.send([2])
    publisher.drain()

    assert published == [2]


def test_a_forked_child_publishes_although_its_parent_was_in_the_middle_of_it(
    slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = hints.Publisher()
    publisher.send([1])
    assert slow.asked.acquire(timeout=60)
    reader, writer = os.pipe()

    with publisher._lock:  # another thread of the parent is just sending
        child = os.fork()
        if child == 0:
            signal.alarm(60)  # a deadlock ends the child, not the test run
            monkeypatch.setattr(
                hints, "publish_all", lambda told: os.write(writer, bytes(told[0][0]))
            )
            publisher.send([2])
            publisher.drain()
            os._exit(0)

    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert select.select([reader], [], [], 0)[0]
    assert os.read(reader, 10) == bytes([2])
    os.close(reader)
    os.close(writer)
    slow.let.release()
    publisher.drain()
    assert slow.published == [1]  # the parent's hint stayed the parent's


def test_hints_that_are_withheld_are_left_to_the_sweep(broker: Broker) -> None:
    with hints.withheld():
        hints.send([5])
    hints.send([6])

    assert broker.messages() == [("jobs.look", [6])]


def test_the_process_wide_publisher_takes_hints(broker: Broker) -> None:
    hints.send([5], [6, 7])

    assert broker.messages() == [("jobs.look", [5]), ("jobs.look", [6, 7])]


def test_threads_that_begin_at_once_all_have_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first message of a process is written by Celery, into a queue that all threads share."""
    hint_message._sample.cache_clear()
    both_make_one, make = threading.Barrier(2), memory.Queue

    def make_slowly() -> object:
        with suppress(threading.BrokenBarrierError):
            both_make_one.wait(0.2)  # for the other, should it not wait for this one
        return make()

    monkeypatch.setattr(memory.Channel, "queues", {})
    monkeypatch.setattr(memory, "Queue", make_slowly)
    with ThreadPoolExecutor(2) as pool:
        first, second = [pool.submit(hint_message._sample) for _ in range(2)]

    assert first.result()["body"] == second.result()["body"]
