"""Who talks to whom: a small world that is a formula, so that no list of links has to be kept.

Each household speaks to DEGREE others. Rows of a place are ordered by income up to noise, hence near rows
are alike in place, urban or rural kind and income (homophily; McPherson et al. 2001); with probability
`rewire` a link goes further (Watts and Strogatz 1998), inside the place with probability `same_place`,
else to anybody in the region. Near links take every other step of twice the reach, which gives the
clustering of a random geometric graph rather than that of a full lattice.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.behaviour.draws import CONTACTS, bits, uniform, unit
from model.kernels import inlined, kernel
from model.population.columns import U8

DEGREE = 12
_NETWORK_SEED = np.uint64(20220523)


@inlined
def contact(who: int, slot: int, start: int, end: int, rows: int, rewire: float, same_place: float) -> int:
    """Return the row that household `who` of the place [start, end) speaks to through link `slot`.

    Returns `who` itself where a place is too small to offer a contact.
    """
    size = end - start
    drawn = bits(_NETWORK_SEED, CONTACTS, who, slot)
    if unit(drawn) < rewire:
        pick = uniform(_NETWORK_SEED, CONTACTS, who, DEGREE + slot)
        if uniform(_NETWORK_SEED, CONTACTS, who, 2 * DEGREE + slot) < same_place:
            return start + int(pick * size)
        return int(pick * rows)
    sign = 1 if slot % 2 == 0 else -1
    if size <= DEGREE + 1:
        return start + (who - start + sign * (slot // 2 + 1)) % size
    # The lowest bit is free: the test above reads only the upper 53.
    other = who + sign * (2 * (slot // 2) + 1 + int(drawn & np.uint64(1)))
    if other < start:
        return other + size
    return other - size if other >= end else other


@kernel
def count_listening(contacts: U8, starts: NDArray[np.int64], rewire: float, same_place: float) -> None:
    """Count for every household the links that end at it, at most 255; writes `contacts`."""
    rows = contacts.size
    for place in range(starts.size - 1):
        for who in range(starts[place], starts[place + 1]):
            for slot in range(DEGREE):
                other = contact(who, slot, starts[place], starts[place + 1], rows, rewire, same_place)
                if other != who and contacts[other] < 255:
                    contacts[other] += np.uint8(1)


@inlined
def tell(
    who: int,
    by: int,
    counts: U8,
    start: int,
    end: int,
    rewire: float,
    same_place: float,
) -> None:
    """Add `by` (+1 or -1) to the count of every contact of `who`: an event, not a monthly scan."""
    for slot in range(DEGREE):
        other = contact(who, slot, start, end, counts.size, rewire, same_place)
        if other == who:
            continue
        if by > 0 and counts[other] < 255:
            counts[other] += np.uint8(1)
        elif by < 0 and counts[other] > 0:
            counts[other] -= np.uint8(1)
