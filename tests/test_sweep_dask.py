"""A Dask cluster gives the bytes of one thread, replaces lost workers and ends in an error without any."""

import os

import pytest

from app.cli.main import call
from experiments import dask_workers
from experiments.dask_workers import Dask
from experiments.study_reading import read_study
from experiments.sweeping import sweep
from experiments.workers import LOST, Failure, Threads, WorkersError
from model.errors import InputError
from tests.sweeping import BAD, POISON, STUDY, squared_or_dead, tree

distributed = pytest.importorskip("distributed")


@pytest.fixture
def cluster(request):
    with distributed.LocalCluster(
        n_workers=getattr(request, "param", 2), threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as made:
        yield made


def test_two_workers_of_a_cluster_give_the_bytes_of_one_thread(cluster, capsys, tmp_path):
    file = tmp_path / "grid.toml"
    file.write_text(STUDY, encoding="utf-8")
    words = ["sweep", "run", str(file), "--dask", cluster.scheduler_address, "--out", str(tmp_path / "dask")]
    assert call([*words, "--json"]) == 0, capsys.readouterr().err
    one = sweep(read_study(file), tmp_path / "one", Threads(1))
    assert tree(tmp_path / "dask" / one.name) == tree(one)


@pytest.mark.parametrize("cluster", [9], indirect=True)
def test_a_task_that_kills_workers_fails_alone(cluster):
    # Dask forgives three losses of a worker, here among others and then alone, and does not always start one
    # again: of nine workers eight are lost.
    found = dict(Dask(cluster.scheduler_address).each(squared_or_dead, range(10)))
    assert sorted(found) == list(range(10)) and found[POISON] == Failure(LOST, "")
    assert {k for k, one in found.items() if isinstance(one, Failure)} == {POISON, BAD}
    assert found[BAD].kind == "ValueError"
    assert all(found[k] == k * k for k in range(10) if k not in (POISON, BAD))


def test_without_workers_the_work_ends_in_an_error(cluster, monkeypatch):
    monkeypatch.setattr(dask_workers, "PATIENCE", 2.0)
    work = Dask(cluster.scheduler_address).each(os.path.basename, ["a"] * 1000)
    next(work)
    cluster.scale(0)
    with pytest.raises(WorkersError, match="no worker"):
        list(work)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense:x:y", "127.0.0.1"])
def test_an_address_where_nobody_answers_is_bad_input(address, monkeypatch):
    monkeypatch.setattr(dask_workers, "ANSWER", 1)
    with pytest.raises(InputError) as caught:
        list(Dask(address).each(abs, [1]))
    with pytest.raises(InputError):
        Dask(address).check()
    assert caught.value.code == ("dask_silent" if address.startswith("tcp://") else "dask_address")
