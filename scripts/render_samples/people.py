"""Renders one cook in one stance as a small picture with transparency."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector
from PIL import Image, ImageDraw, ImageFilter

from . import kitchen
from .body import Array, Body, Stance, lip_vertices, rot
from .outfit import Dress, Part, dressed

LOOKS: dict[str, tuple[tuple[float, float, float], float]] = {
    "hat": ((0.88, 0.88, 0.87), 0.9),
    "mask": ((0.30, 0.58, 0.78), 0.9),
    "trousers": ((0.04, 0.045, 0.06), 0.9),
    "button": ((0.06, 0.06, 0.07), 0.4),
    "eye": ((0.80, 0.77, 0.74), 0.2),
    "iris": ((0.03, 0.017, 0.01), 0.2),
    "phone": ((0.012, 0.012, 0.015), 0.15),
    "filter": ((0.65, 0.36, 0.14), 0.8),
    "paper": ((0.93, 0.93, 0.91), 0.8),
    "ember": ((0.9, 0.16, 0.03), 0.8),
}
FACE = (-0.12, 0.50, 0.24, 0.34)
CHEST = (-0.30, -0.30, 0.60, 0.90)


def _canvas(area: tuple[float, float, float, float], size: int, colour: tuple[float, float, float]) -> Image.Image:
    srgb = tuple(round(255 * c ** (1 / 2.2)) for c in colour)
    return Image.new("RGB", (size, round(size * area[3] / area[2])), srgb)


def _spot(area: tuple[float, float, float, float], image: Image.Image, x: float, z: float) -> tuple[float, float]:
    return ((x - area[0]) / area[2] * image.width, (1 - (z - area[1]) / area[3]) * image.height)


def paint_face(body: Body, dress: Dress, path: Path) -> None:
    """Skin seen from the front: brows, lips, shadowed eyes, warm cheeks."""
    image = _canvas(FACE, 768, dress.skin)
    eyes = [body.joint(f"eye.{s}") for s in ("L", "R")]
    tone = tuple(round(255 * c ** (1 / 2.2)) for c in dress.skin)
    dark = tuple(round(0.72 * c) for c in tone)
    warm = (min(255, tone[0] + 4), round(tone[1] * 0.95), round(tone[2] * 0.95))
    draw = ImageDraw.Draw(image)
    for at in eyes:
        x, z = at[0], at[2]
        draw.ellipse([*_spot(FACE, image, x - 0.019, z + 0.014), *_spot(FACE, image, x + 0.019, z - 0.012)], fill=dark)
        side = float(np.sign(x))
        draw.ellipse(
            [
                *_spot(FACE, image, x + side * 0.012 - 0.02, z - 0.028),
                *_spot(FACE, image, x + side * 0.012 + 0.02, z - 0.06),
            ],
            fill=warm,
        )
    image = image.filter(ImageFilter.GaussianBlur(14))
    draw = ImageDraw.Draw(image)
    brow = tuple(round(255 * c ** (1 / 2.2)) for c in dress.hair)
    for at in eyes:
        side, z = float(np.sign(at[0])), at[2] + 0.021
        line = [
            (0.013, -0.003),
            (0.030, 0.004),
            (0.046, 0.002),
            (0.054, -0.005),
            (0.044, -0.004),
            (0.030, -0.003),
            (0.013, -0.009),
        ]
        draw.polygon([_spot(FACE, image, side * a, z + b) for a, b in line], fill=brow)
    lips = body.rest[lip_vertices()]
    low, high = lips.min(0), lips.max(0)
    middle = float(lips[:, 2].mean())
    red = (round(tone[0] * 0.80), round(tone[1] * 0.52), round(tone[2] * 0.52))
    shape = [
        (low[0], middle),
        (low[0] / 3, high[2]),
        (0, high[2] - 0.002),
        (high[0] / 3, high[2]),
        (high[0], middle),
        (high[0] / 2, low[2] + 0.002),
        (0, low[2]),
        (low[0] / 2, low[2] + 0.002),
    ]
    draw.polygon([_spot(FACE, image, a, b) for a, b in shape], fill=red)
    draw.line([_spot(FACE, image, low[0], middle), _spot(FACE, image, high[0], middle)], fill=(70, 25, 22), width=7)
    image.filter(ImageFilter.GaussianBlur(2.5)).save(path)


def paint_jacket(dress: Dress, path: Path) -> None:
    """The jacket's front: overlap, pocket and, for some, a dark apron with its straps."""
    image = _canvas(CHEST, 640, (0.80, 0.80, 0.79))
    draw = ImageDraw.Draw(image)
    draw.line([_spot(CHEST, image, 0.095, 0.46), _spot(CHEST, image, 0.095, -0.3)], fill=(150, 152, 155), width=4)
    draw.line([_spot(CHEST, image, 0.04, 0.52), _spot(CHEST, image, 0.095, 0.44)], fill=(150, 152, 155), width=4)
    cloth = (38, 44, 60)
    draw.rectangle([*_spot(CHEST, image, -0.3, 0.1), *_spot(CHEST, image, 0.3, -0.3)], fill=cloth)
    if dress.apron:
        bib = [(-0.105, 0.36), (0.105, 0.36), (0.15, 0.15), (0.3, 0.1), (-0.3, 0.1), (-0.15, 0.15)]
        draw.polygon([_spot(CHEST, image, a, b) for a, b in bib], fill=cloth)
        for side in (-1, 1):
            strap = [_spot(CHEST, image, side * 0.095, 0.36), _spot(CHEST, image, side * 0.06, 0.6)]
            draw.line(strap, fill=cloth, width=22)
    image.filter(ImageFilter.GaussianBlur(1.2)).save(path)


def _painted(name: str, path: Path, rough: float, bump: float, scale: float) -> Any:
    made = kitchen.material(name, (0.8, 0.8, 0.8), rough, 0.0, bump, scale)
    nodes, links = made.node_tree.nodes, made.node_tree.links
    texture = nodes.new("ShaderNodeTexImage")
    texture.image = bpy.data.images.load(str(path))
    texture.extension = "EXTEND"
    links.new(texture.outputs["Color"], nodes["Principled BSDF"].inputs["Base Color"])
    return made


def _area(part: Part) -> tuple[float, float, float, float]:
    return FACE if part.look == "skin" else CHEST


def _mesh(part: Part, place: Array, shift: Array, looks: dict[str, Any]) -> Any:
    used = sorted({v for f in part.faces for v in f})
    index = {v: i for i, v in enumerate(used)}
    points = part.vertices[used] @ place.T + shift
    mesh = bpy.data.meshes.new(part.name)
    mesh.from_pydata(points.tolist(), [], [tuple(index[v] for v in f) for f in part.faces])
    if part.front is not None:
        x0, z0, w, h = _area(part)
        layer = mesh.uv_layers.new()
        front = part.front[used]
        for face in mesh.polygons:
            spots = front[list(face.vertices)]
            painted = bool((spots[:, 0] < 5).all())
            for loop, (x, z) in zip(face.loop_indices, spots, strict=True):
                layer.data[loop].uv = ((x - x0) / w, (z - z0) / h) if painted else (0.02, 0.98)
    if len(part.faces) > 8:
        mesh.shade_smooth()
    mesh.materials.append(looks[part.look])
    made = bpy.data.objects.new(part.name, mesh)
    bpy.context.scene.collection.objects.link(made)
    if part.smooth:
        modifier = made.modifiers.new("smooth", "SUBSURF")
        modifier.levels = modifier.render_levels = part.smooth
    return made


class Studio:
    """Holds the scene for one person and renders stance after stance."""

    def __init__(self, dress: Dress, folder: Path, samples: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.dress, self.folder = dress, folder
        self.body = Body(dress.shape)
        self.scene = kitchen.reset(samples)
        self.scene.render.film_transparent = True
        self.scene.render.use_border = self.scene.render.use_crop_to_border = True
        kitchen.island(holdout=True)
        kitchen.lights(0.42)
        paint_face(self.body, dress, folder / "face.png")
        paint_jacket(dress, folder / "jacket.png")
        self.looks = {name: kitchen.material(name, colour, rough) for name, (colour, rough) in LOOKS.items()}
        self.looks["hair"] = kitchen.material("hair", dress.hair, 0.55, 0.0, 1.0, 90.0)
        self.looks["skin"] = _painted("skin", folder / "face.png", 0.5, 0.12, 220.0)
        self.looks["jacket"] = _painted("jacket", folder / "jacket.png", 0.9, 0.5, 14.0)

    def shot(self, name: str, stance: Stance, yaw: float, at: tuple[float, float]) -> dict[str, Any]:
        """One picture; returns where it lies in the frame, and the glowing point if there is one."""
        posed = self.body.pose(stance)
        parts, glow = dressed(self.body, posed, self.dress)
        place, shift = rot("z", yaw), np.array([at[0], at[1], -self.body.floor])
        made = [_mesh(part, place, shift, self.looks) for part in parts]
        shown = np.concatenate(
            [p.vertices[sorted({v for f in p.faces for v in f})] for p in parts if p.name != "trousers"]
        )
        left, top, right, bottom = self._border(shown @ place.T + shift)
        target = self.folder / f"{name}.png"
        self.scene.render.filepath = str(target)
        bpy.ops.render.render(write_still=True)
        for thing in made:
            bpy.data.meshes.remove(thing.data)
        where: dict[str, Any] = {"file": target.name, "x": left, "y": top, "w": right - left, "h": bottom - top}
        if glow is not None:
            where["glow"] = self._pixel(glow @ place.T + shift)
        return where

    def _pixel(self, point: Array) -> tuple[float, float]:
        seen = world_to_camera_view(self.scene, self.scene.camera, Vector(point.tolist()))
        return seen.x * kitchen.WIDTH, (1 - seen.y) * kitchen.HEIGHT

    def _border(self, points: Array) -> tuple[int, int, int, int]:
        bpy.context.view_layer.update()
        spots = np.array([self._pixel(p) for p in points[::5]])
        left, top = (int(v) for v in spots.min(0) - 6)
        right, bottom = int(spots[:, 0].max()) + 6, int(min(spots[:, 1].max() + 6, 590))
        render = self.scene.render
        render.border_min_x, render.border_max_x = left / kitchen.WIDTH, right / kitchen.WIDTH
        render.border_min_y, render.border_max_y = 1 - bottom / kitchen.HEIGHT, 1 - top / kitchen.HEIGHT
        return left, top, right, bottom
