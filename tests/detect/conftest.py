"""Synthetic pictures and engines for the detector's tests."""

import numpy as np
import pytest
from numpy.typing import NDArray

from kitchenwatch.detect.loading import Model, load_model


@pytest.fixture(scope="session")
def shipped() -> Model:
    """The model that ships, on the engine of the base install."""
    return load_model(prefer="onnxruntime")


@pytest.fixture
def noise() -> NDArray[np.uint8]:
    """A picture with detail everywhere, 360 × 640."""
    return np.random.default_rng(7).integers(0, 256, (360, 640, 3), np.uint8)
