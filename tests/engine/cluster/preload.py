"""Lets a worker by Dask's own command know the models of tests."""

from tests.engine.cluster import child


def dask_setup(worker: object) -> None:
    del worker
    child.install_models()
