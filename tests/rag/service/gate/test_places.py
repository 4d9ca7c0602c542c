import asyncio

import pytest

from rag.service.gate.places import FairPlaces, NoPlace


def test_who_asks_much_waits_behind_itself_and_others_go_by_turns():
    order = []

    async def work(places, subject, number):
        async with places.place(subject, 30):
            order.append(f"{subject}{number}")

    async def run():
        places = FairPlaces(1)
        async with places.place("a", 30):
            waiting = [("a", n) for n in range(4)] + [(subject, n) for n in range(2) for subject in "bc"]
            tasks = [asyncio.create_task(work(places, *one)) for one in waiting]
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)
        assert places.taken == 0

    asyncio.run(run())
    assert order == ["a0", "b0", "c0", "a1", "b1", "c1", "a2", "a3"]


def test_so_many_hold_a_place_at_once():
    held = []

    async def work(places, subject):
        async with places.place(subject, 30):
            held.append(places.taken)
            await asyncio.sleep(0.001)

    async def run(subjects):
        places = FairPlaces(3)
        await asyncio.gather(*(work(places, subject) for subject in subjects))

    for subjects, most in (("aaaaaaaaaa", 3), ("abababababab", 2), ("abcdefghij", 3)):
        held.clear()
        asyncio.run(run(subjects))
        assert (max(held), len(held)) == (most, len(subjects))


def test_however_much_one_asks_another_waits_once_and_then_is_let_in_at_once():
    order = []

    async def hold(places):
        async with places.place("crowd", 30):
            order.append("crowd")
            await asyncio.sleep(0.001)

    async def run():
        places = FairPlaces(3)
        crowd = [asyncio.create_task(hold(places)) for _ in range(30)]
        await asyncio.sleep(0)
        for _ in range(4):
            async with places.place("b", 30):
                order.append("b")
                await asyncio.sleep(0.001)
        await asyncio.gather(*crowd)
        assert places.taken == 0

    asyncio.run(run())
    assert order[:4] == ["crowd"] * 3 + ["b"]
    assert [n for n, subject in enumerate(order) if subject == "b"][-1] < 12


def test_who_has_not_asked_for_a_while_keeps_no_share():
    async def run():
        places = FairPlaces(2, recent_s=0.01)
        async with places.place("b", 30):
            pass
        await asyncio.sleep(0.02)
        async with places.place("a", 0.01), places.place("a", 0.01):
            assert places.taken == 2

    asyncio.run(run())


def test_who_gets_none_in_time_is_told_and_takes_none_later():
    async def run():
        places = FairPlaces(1)
        async with places.place("a", 30):
            with pytest.raises(NoPlace):
                async with places.place("b", 0.01):
                    pass
        assert places.taken == 0
        async with places.place("c", 0.01):
            assert places.taken == 1

    asyncio.run(run())


def test_a_cancelled_wait_loses_no_place():
    async def wait(places):
        async with places.place("b", 30):
            pass

    async def run():
        places = FairPlaces(1)
        async with places.place("a", 30):
            waiting = asyncio.create_task(wait(places))
            await asyncio.sleep(0)
        waiting.cancel()  # its turn has come, and it has not heard of it yet
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert places.taken == 0

    asyncio.run(run())
