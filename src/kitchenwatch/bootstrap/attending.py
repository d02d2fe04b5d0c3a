"""How closely cameras are looked at, as configured."""

from dataclasses import replace

from kitchenwatch.attention.budget import Budget, MachineBudget
from kitchenwatch.attention.camera import CameraAttention
from kitchenwatch.attention.full import FullAttention
from kitchenwatch.attention.settings import AttentionSettings
from kitchenwatch.config import Camera, Config
from kitchenwatch.ports import Attention, Clock


def build_budget(clock: Clock) -> MachineBudget:
    """The machine's, for all its cameras."""
    return MachineBudget(clock, AttentionSettings().late_s)


def build_attention(config: Config, camera: Camera, budget: Budget | None = None) -> Attention:
    """One camera's own; `budget` is the machine's, none for films, which can wait."""
    fps = camera.sample_fps or config.detector.sample_fps
    if config.detector.attention == "full":
        return FullAttention(fps)
    usual, least = AttentionSettings(), 1 / fps
    looks = replace(usual, suspecting_s=max(usual.suspecting_s, least), inquiring_s=max(usual.inquiring_s, least))
    return CameraAttention(camera.id, looks, budget)
