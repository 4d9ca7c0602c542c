from dataclasses import replace
from email.utils import formatdate

import pytest

from corpus.errors import HarvestFailed


def test_a_pause_is_what_is_left_of_it(pace, clock):
    pace.pause(clock.now - 0.25)
    assert clock.slept == [0.75]


def test_there_is_no_pause_where_enough_time_has_passed(pace, clock):
    pace.pause(float("-inf"))
    pace.pause(clock.now - 1)
    assert clock.slept == []


def test_a_clock_that_was_set_back_makes_no_longer_pause(pace, clock):
    pace.pause(clock.now + 3600)
    assert clock.slept == [pace.pause_s]


def test_waits_double_up_to_the_longest(pace, clock):
    for tried in (1, 2, 3, 20):
        pace.back_off(tried, "busy")
    assert clock.slept == [2, 4, 8, 600]


def test_chance_leaves_out_up_to_half_of_a_wait(pace, clock):
    replace(pace, chance=lambda: 0.0).back_off(2, "busy")
    assert clock.slept == [2]


@pytest.mark.parametrize(("asked", "waited"), [("120", 120), ("1", 2), ("", 2), ("soon", 2), ("-5", 2)])
def test_what_the_server_asks_for_is_waited_at_least(pace, clock, asked, waited):
    pace.back_off(1, "busy", asked)
    assert clock.slept == [waited]


def test_the_server_may_ask_by_a_date(pace, clock):
    pace.back_off(1, "busy", formatdate(clock.now + 90, usegmt=True))
    assert clock.slept == [90]


def test_a_server_that_asks_for_too_long_is_left_in_peace(pace, clock):
    with pytest.raises(HarvestFailed, match="asks for 86400 s of rest"):
        pace.back_off(1, "busy", "86400")
    assert clock.slept == []


def test_every_wait_is_announced_with_its_reason(pace, said):
    pace.back_off(1, "HTTP 503", "30")
    assert said == ["HTTP 503: waiting 30 s"]
