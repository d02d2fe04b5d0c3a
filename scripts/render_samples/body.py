"""A posable human body.

Source: the ``anny`` package. Its code is Apache-2.0; the body data read here lies in its folder
``data/mpfb2`` (MakeHuman / MPFB2) and is CC0-1.0. The topologies it offers under other terms
(SOMA, SMPL, SMPL-X) are not used.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Faces = list[tuple[int, ...]]

SIDES = {"L": 1.0, "R": -1.0}


@dataclass(frozen=True)
class Posed:
    """Vertices of the whole base mesh and one 4x4 matrix per bone, facing -y, feet near z=0."""

    vertices: Array
    bones: dict[str, Array]

    def carried(self, bone: str, points: Array) -> Array:
        """Points given in rest coordinates, moved rigidly along with a bone."""
        matrix = self.bones[bone]
        return points @ matrix[:3, :3].T + matrix[:3, 3]


@dataclass(frozen=True)
class Stance:
    """What a pose is made of; wrist targets are in metres in the body's own frame."""

    wrists: dict[str, tuple[float, float, float]]
    lean: float = 0.08
    twist: float = 0.0
    head_pitch: float = 0.05
    head_turn: float = 0.0
    stride: float = 0.0
    curl: float = 0.5
    raised: float = 0.0


def rot(axis: str, angle: float) -> Array:
    """Rotation about one coordinate axis."""
    c, s = float(np.cos(angle)), float(np.sin(angle))
    return {
        "x": np.array([[1, 0, 0], [0, c, -s], [0, s, c]]),
        "y": np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]),
        "z": np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]),
    }[axis]


def between(source: Array, target: Array) -> Array:
    """Smallest rotation that takes one direction to another."""
    a, b = source / np.linalg.norm(source), target / np.linalg.norm(target)
    v, c = np.cross(a, b), float(a @ b)
    k = np.array([[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]])
    result: Array = np.eye(3) + k + k @ k / max(1.0 + c, 1e-6)
    return result


@lru_cache(maxsize=1)
def _model() -> Any:
    import anny

    return anny.Anny(rig="anny", topology="makehuman", local_changes="none", facial_actions="none")


@lru_cache(maxsize=1)
def groups() -> dict[str, Faces]:
    """Faces of the base mesh by group: body, eyes, lashes and the helper for clothes."""
    from anny.paths import get_anny_root_dir

    found: dict[str, Faces] = {}
    name = ""
    path = get_anny_root_dir() / "data/mpfb2/3dobjs/base.obj"
    for line in path.read_text().splitlines():
        if line.startswith("g "):
            name = line.split()[1]
        elif line.startswith("f "):
            corners = tuple(int(part.split("/")[0]) - 1 for part in line.split()[1:])
            found.setdefault(name, []).append(corners)
    return found


@lru_cache(maxsize=1)
def lip_vertices() -> list[int]:
    """Vertices of the lips, by the CC0 lip map of the body data."""
    from anny.paths import get_anny_root_dir
    from PIL import Image

    root = get_anny_root_dir() / "data/mpfb2"
    lips = np.asarray(Image.open(root / "textures/mpfb_lips.jpg").convert("L"))
    coords: list[tuple[float, float]] = []
    found: set[int] = set()
    name = ""
    for line in (root / "3dobjs/base.obj").read_text().splitlines():
        parts = line.split()
        if line.startswith("vt "):
            coords.append((float(parts[1]), float(parts[2])))
        elif line.startswith("g "):
            name = parts[1]
        elif line.startswith("f ") and name == "body":
            for corner in parts[1:]:
                vertex, uv = (int(n) - 1 for n in corner.split("/")[:2])
                column = int(coords[uv][0] * (lips.shape[1] - 1))
                row = int((1 - coords[uv][1]) * (lips.shape[0] - 1))
                if lips[row, column] > 110:
                    found.add(vertex)
    return sorted(found)


class Body:
    """One person's shape, and its poses."""

    def __init__(self, shape: dict[str, float]) -> None:
        import torch

        model = _model()
        self._torch, self._model, self._shape = torch, model, shape
        self.labels: list[str] = list(model.bone_labels)
        self.parents: list[int] = [int(p) for p in model.bone_parents]
        out = model(
            pose_parameters=torch.eye(4)[None, None].repeat(1, len(self.labels), 1, 1),
            phenotype_kwargs=shape,
        )
        self.rest: Array = out["vertices"][0].numpy().astype(float)
        self._frames: Array = out["bone_poses"][0].numpy().astype(float)
        skin = sorted({v for face in groups()["body"] for v in face})
        self.floor = float(self.rest[skin, 2].min())

    def joint(self, bone: str) -> Array:
        """Where a bone begins at rest."""
        place: Array = self._frames[self.labels.index(bone), :3, 3]
        return place

    def pose(self, stance: Stance) -> Posed:
        """The body in a stance."""
        turns = self._turns(stance)
        params = np.tile(np.eye(4), (len(self.labels), 1, 1))
        deltas: list[Array] = []
        for i, label in enumerate(self.labels):
            parent = deltas[self.parents[i]] if self.parents[i] >= 0 else np.eye(3)
            delta = turns.get(label, parent)
            if label.startswith("finger") and not label.startswith("finger1"):
                side = SIDES[label[-1]]
                axis = self.joint(f"finger2-1.{label[-1]}") - self.joint(f"finger5-1.{label[-1]}")
                delta = parent @ _about(axis, -side * stance.curl)
            deltas.append(delta)
            params[i, :3, :3] = delta @ self._frames[i, :3, :3]
        out = self._model(
            pose_parameters=self._torch.as_tensor(params)[None],
            phenotype_kwargs=self._shape,
            pose_parameterization="world-orient",
        )
        vertices = out["vertices"][0].numpy().astype(float)
        posed = out["bone_poses"][0].numpy().astype(float)
        moves = {b: posed[i] @ np.linalg.inv(self._frames[i]) for i, b in enumerate(self.labels)}
        return Posed(vertices, moves)

    def _turns(self, stance: Stance) -> dict[str, Array]:
        trunk = rot("z", stance.twist) @ rot("x", stance.lean)
        turns = {"spine05": trunk}
        turns["neck01"] = trunk @ rot("z", stance.head_turn / 2) @ rot("x", stance.head_pitch / 2)
        turns["head"] = trunk @ rot("z", stance.head_turn) @ rot("x", stance.head_pitch)
        for side, sign in SIDES.items():
            swing = 0.45 * sign * np.sin(stance.stride * 2 * np.pi) if stance.stride else 0.0
            turns[f"upperleg01.{side}"] = rot("x", -swing)
            turns[f"lowerleg01.{side}"] = rot("x", -swing + (0.25 if stance.stride else 0.0))
            turns.update(self._arm(side, trunk, np.array(stance.wrists[side]), stance.raised))
        return turns

    def _arm(self, side: str, trunk: Array, target: Array, raised: float) -> dict[str, Array]:
        """Two-bone inverse kinematics with the elbow out and down."""
        shoulder0, elbow0, wrist0 = (self.joint(f"{b}.{side}") for b in ("upperarm01", "lowerarm01", "wrist"))
        shoulder = trunk @ shoulder0
        upper, lower = np.linalg.norm(elbow0 - shoulder0), np.linalg.norm(wrist0 - elbow0)
        reach = target - shoulder
        length = float(np.clip(np.linalg.norm(reach), 0.12, upper + lower - 0.005))
        along = reach / np.linalg.norm(reach)
        pole = np.array([SIDES[side] * (0.75 + raised), 0.35, -1.0])
        pole = pole - along * (pole @ along)
        pole /= np.linalg.norm(pole)
        a = (upper**2 - lower**2 + length**2) / (2 * length)
        elbow = shoulder + along * a + pole * np.sqrt(max(upper**2 - a**2, 0.0))
        wrist = shoulder + along * length
        first = between(elbow0 - shoulder0, elbow - shoulder)
        second = between(first @ (wrist0 - elbow0), wrist - elbow) @ first
        return {f"upperarm01.{side}": first, f"lowerarm01.{side}": second}


def _about(axis: Array, angle: float) -> Array:
    a = axis / np.linalg.norm(axis)
    k = np.array([[0, -a[2], a[1]], [a[2], 0, -a[0]], [-a[1], a[0], 0]])
    result: Array = np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * (k @ k)
    return result
