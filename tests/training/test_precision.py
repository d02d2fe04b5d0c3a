"""What a forward pass under training computes in, on a CPU that knows bfloat16 and on one that does not."""

from importlib import import_module

import pytest

torch = pytest.importorskip("torch", reason="needs the extra: pip install 'kitchenwatch[train]'")

CPU = torch.device("cpu")


def _computed() -> object:
    precision = import_module("kitchenwatch.training.precision")
    with precision.swift(CPU):
        return torch.nn.Linear(4, 4)(torch.zeros(1, 4)).dtype


@pytest.mark.parametrize(("knows", "kind"), [(True, torch.bfloat16), (False, torch.float32)])
def test_bfloat16_only_where_the_processor_has_it(monkeypatch: pytest.MonkeyPatch, knows: bool, kind: object) -> None:
    monkeypatch.setattr("kitchenwatch.training.precision.computes_bfloat16", lambda: knows)
    assert _computed() is kind


def test_this_processor_is_asked() -> None:
    asked = import_module("kitchenwatch.training.precision").computes_bfloat16()
    assert _computed() is (torch.bfloat16 if asked else torch.float32)
