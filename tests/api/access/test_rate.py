"""Limits: exact in count and time, for each caller apart, in bounded memory."""

from __future__ import annotations

import random
import threading
from fractions import Fraction

import pytest

from api.http.access.errors import AccessError
from api.http.access.rate import Limiter, Rate, key_of


def allowed(limiter: Limiter, key: str, now: float, cost: float = 1) -> bool:
    try:
        limiter.take(key, now, cost)
    except AccessError:
        return False
    return True


def test_a_burst_and_then_the_steady_pace() -> None:
    limiter = Limiter(Rate(burst=5, per_second=2))
    assert [allowed(limiter, "a", 0) for _ in range(7)] == [True] * 5 + [False] * 2
    assert [allowed(limiter, "a", 0.5), allowed(limiter, "a", 0.5), allowed(limiter, "a", 0.99)] == [
        True,
        False,
        False,
    ]
    assert allowed(limiter, "a", 1.0)
    assert [allowed(limiter, "a", 100) for _ in range(7)] == [True] * 5 + [False] * 2, (
        "never more than a bucket"
    )


def test_callers_do_not_share_a_bucket() -> None:
    limiter = Limiter(Rate(burst=1, per_second=1))
    assert [allowed(limiter, key, 0) for key in ("a", "b", "a", "c", "b")] == [True, True, False, True, False]


def test_the_answer_says_how_long_to_wait_and_waiting_that_long_is_enough() -> None:
    limiter = Limiter(Rate(burst=3, per_second=0.25))
    for _ in range(3):
        limiter.take("a", 10)
    with pytest.raises(AccessError) as error:
        limiter.take("a", 10)
    wait = int(error.value.headers["Retry-After"])
    assert (error.value.status, wait) == (429, 4)
    assert error.value.problem()["status"] == 429
    assert "4 s" in error.value.detail
    assert not allowed(limiter, "a", 10 + wait - 0.01)
    assert allowed(limiter, "a", 10 + wait)


def test_against_exact_arithmetic() -> None:
    random.seed(7)
    limiter, left, then, now = Limiter(Rate(burst=8, per_second=4)), Fraction(8), Fraction(0), Fraction(0)
    for _ in range(2_000):
        now += Fraction(random.choice([0, 0, 0, 1, 2, 5]), 8)
        cost = random.choice([1, 1, 2, 5])
        left, then = min(Fraction(8), left + (now - then) * 4), now
        expected = left >= cost
        left -= cost if expected else 0
        assert allowed(limiter, "a", float(now), cost) is expected


def test_a_clock_that_goes_back_gives_nothing() -> None:
    limiter = Limiter(Rate(burst=2, per_second=1))
    assert [allowed(limiter, "a", now) for now in (100, 50, 0, 100, 100.5)] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert allowed(limiter, "a", 101)


def test_a_request_that_costs_more_than_a_bucket_takes_the_whole_bucket() -> None:
    limiter = Limiter(Rate(burst=3, per_second=1))
    assert allowed(limiter, "a", 0, 50)
    assert not allowed(limiter, "a", 2.9, 50)
    assert allowed(limiter, "a", 3, 50)


def test_memory_is_bounded_and_who_is_busy_is_remembered() -> None:
    limiter = Limiter(Rate(burst=2, per_second=0.001, callers=50))
    for number in range(5_000):
        allowed(limiter, "busy", 0)
        limiter.take(f"other {number}", 0)
    assert len(limiter) == 50
    assert not allowed(limiter, "busy", 0)


def test_threads_take_no_more_than_there_is() -> None:
    limiter, passed = Limiter(Rate(burst=100, per_second=0.001)), []

    def ask() -> None:
        passed.extend([1 for _ in range(100) if allowed(limiter, "a", 0)])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 100


@pytest.mark.parametrize(
    "values",
    [{"burst": 0}, {"per_second": -1}, {"burst": float("nan")}, {"per_second": float("inf")}, {"callers": 0}],
)
def test_a_rate_that_cannot_be_meant_is_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="above zero"):
        Rate(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("caller", "address", "key"),
    [
        ("key:ann", "10.0.0.1", "caller key:ann"),
        ("", "10.0.0.1", "address 10.0.0.1"),
        ("", "::ffff:10.0.0.1", "address 10.0.0.1"),
        ("", "2001:db8:1:2:aaaa::1", "address 2001:db8:1:2::"),
        ("", "2001:db8:1:2:bbbb::9", "address 2001:db8:1:2::"),
        ("", "fe80::1%eth0", "address fe80::"),
        ("", "", "address unknown"),
        ("", "10.0.0.1, 1.2.3.4", "address unknown"),
    ],
)
def test_who_has_no_name_counts_by_address(caller: str, address: str, key: str) -> None:
    assert key_of(caller, address) == key
