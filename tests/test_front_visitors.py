"""Ten visitors at once, each moving a slider of its own: every one gets its own answer and nothing fails."""

import asyncio

import pytest

pytestmark = pytest.mark.slow
front = pytest.importorskip("benchmarks.front")
SMALL = "preview_households=500,preview_replicates=2"


def test_ten_visitors_at_once_are_all_answered(tmp_path):
    with front.served(tmp_path, JINLV_APP_SIZES=SMALL) as address:
        taken, faults = asyncio.run(front.crowd(address, front.VISITORS, 0))
    assert faults == []
    assert len(taken) == front.VISITORS * front.MOVES


def test_what_a_visitor_sees_is_of_its_own_slider(tmp_path):
    async def both(address):
        found = [front.Visitor(address), front.Visitor(address)]
        for one in found:
            await one.open()
            await one.draw(one.widgets["add"])
        for one, level in zip(found, (4000.0, 28_000.0), strict=True):
            one.values = {one.widgets["slider"]: level}
        await asyncio.gather(*(one.draw() for one in found))
        return found

    with front.served(tmp_path, JINLV_APP_SIZES=SMALL) as address:
        one, other = asyncio.run(both(address))
    assert one.faults == other.faults == []
    assert "NEV purchase subsidy 4000," in one.markup and "28000" not in one.markup
    assert "NEV purchase subsidy 28000," in other.markup and "4000," not in other.markup


def test_a_page_that_is_not_there_fails_the_visitor():
    with pytest.raises(OSError):
        asyncio.run(front.Visitor("http://127.0.0.1:9").open())
