"""Sees: pictures in, detections and sightings out."""

import os
import sys
from types import ModuleType
from typing import cast

# The engines would tell their makers of every start and model (ONNX Runtime from 1.29 on Microsoft, OpenVINO Google
# Analytics). Both must be told not to before they are imported; OpenVINO takes the lack of this package for a no.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
sys.modules.setdefault("openvino_telemetry", cast(ModuleType, None))
