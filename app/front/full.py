"""Full runs: the run folder that `jinlv run` makes of the same request, simulated in the pool."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.asking import Request
from app.cli.asking_scenarios import load_scenarios
from app.front.jobs import Call, Job
from app.front.pool import Pool
from app.front.preview import REGION, SEED, UNTIL
from app.front.sizes import sizes
from app.front.work import digest, folder_of, kept

if TYPE_CHECKING:
    from experiments.parts import Parts
    from scenarios import Scenario


def request(scenarios: tuple[str, ...], changes: tuple[str, ...] = ()) -> Request:
    """Return the request of a full run; its run folder bears the id that `jinlv run` gives it."""
    return Request(
        scenarios=scenarios,
        changes=changes,
        assumptions=(),
        region=REGION,
        households=sizes()["full_households"],
        replicates=sizes()["full_replicates"],
        seed=SEED,
        until=UNTIL,
    )


def ask(pool: Pool, asked: Request, out: Path, visitor: str) -> Job:
    """Return the job that ends with the digest of the run folder of a request, made if it is not there.

    Raise StoreError if nothing can be written.
    """
    from experiments import store
    from experiments.parts import Parts

    chosen = load_scenarios(asked)
    inputs = store.Inputs(tuple((one.name, one.to_toml()) for one in chosen), asked.options(chosen))
    key = f"run {out.resolve()} {inputs.id}"
    folder = out / inputs.id
    if known := pool.find(key):
        return pool.ask(key, known.stages, visitor)
    last: list[Call] = [(digest, (str(folder),))]
    if folder.is_dir() and not store.verify(folder):
        return pool.ask(key, [last], visitor)
    store.check_writable(out)
    parts = Parts.of(out, inputs)
    first = _simulations(asked, chosen, parts, dict(inputs.options))
    return pool.ask(key, [first, [(folder_of, (out, inputs, chosen, parts))], last], visitor)


def _simulations(
    asked: Request, chosen: tuple[Scenario, ...], parts: Parts, options: dict[str, Any]
) -> list[Call]:
    """Return the simulations of a request, those that tell luck from parameters last."""
    from experiments.ensemble import LUCK_FROM, LUCK_SEEDS

    made: list[Call] = []
    for r in range(asked.replicates):
        made += [(kept, (parts, one, r + 1, asked.seed + r, options)) for one in chosen]
    luck = range(LUCK_FROM + asked.seed, LUCK_FROM + asked.seed + LUCK_SEEDS)
    return [*made, *((kept, (parts, chosen[-1], 0, seed, options)) for seed in luck)]
