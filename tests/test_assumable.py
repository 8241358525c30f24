"""What may be assumed is what a run reads: no more, and no less."""

from experiments.summary import assumed_parameters
from model.data.load import load_region
from model.data.parameters import Parameters, catalogue
from model.run import simulate
from model.start import exogenous
from scenarios import load
from scenarios.settings import INCOME, parameter_ranges, parameters_read, world


def keys_read(monkeypatch) -> set[str]:  # type: ignore[no-untyped-def]
    """Return the keys that small runs of three scenarios look up."""
    fresh = Parameters.central().replace(soc_publicity_halflife=5.4321)  # no cache knows this set
    found: set[str] = set()
    look_up = Parameters.__getitem__

    def spy(self: Parameters, key: str) -> float:
        found.add(key)
        return look_up(self, key)

    monkeypatch.setattr(Parameters, "__getitem__", spy)
    for name in ("plan", "current", "renewed"):
        simulate(load(name), households=200, parameters=fresh)
    return found


def test_a_parameter_may_be_assumed_if_and_only_if_a_run_reads_it(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    inputs = {row["key"] for row in catalogue() if row["role"] == "input"}
    assert parameters_read() == keys_read(monkeypatch) & inputs
    assert set(parameter_ranges()) == parameters_read()


def test_every_series_that_may_be_assumed_is_looked_up_by_a_run(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    found: set[str] = set()

    class Spied(dict):  # type: ignore[type-arg]
        def __getitem__(self, key: str) -> object:
            found.add(key)
            return super().__getitem__(key)

    monkeypatch.setattr("model.province.exogenous", lambda *given: Spied(exogenous(*given)))
    simulate(load("plan").resolve(load_region()), households=50, parameters=Parameters.central())
    assert found == set(world()) and INCOME in found


def test_the_count_of_assumed_parameters_is_of_those_that_are_read() -> None:
    quality = {row["key"]: row["quality"] for row in catalogue()}
    assumed, total = assumed_parameters()
    assert total == len(parameters_read())
    assert assumed == sum(quality[key] == "assumed" for key in parameters_read()) < total
