"""How exactly a network under training computes: in bfloat16 where that is faster."""

import torch


def swift(device: torch.device) -> torch.autocast:
    """A context for forward passes: bfloat16, but single precision on a CPU that would only imitate it.

    With AMX instructions bfloat16 takes half the time on a CPU and is as good in the end; without any for it, eight
    times as long (a step of YOLO11n at 320 pixels on a core of AVX2: 1.5 s a picture for 0.19).
    Ultralytics' own mixed precision is for GPUs only, so it is switched off (`amp=False`) for all devices.
    """
    return torch.autocast(device.type, torch.bfloat16, enabled=device.type != "cpu" or computes_bfloat16())


def computes_bfloat16() -> bool:
    """Whether this CPU has what PyTorch's convolutions in bfloat16 want (AVX-512, AMX, or ARM's own)."""
    return bool(torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported())
