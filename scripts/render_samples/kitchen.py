"""The room, the camera and the light, made of primitives and procedural materials in Blender (``bpy``).

Nothing is loaded from a file: every shape and material here is the project's own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np

WIDTH, HEIGHT = 1280, 720
FOCAL = 990.0
EYE = (0.0, -3.3, 2.45)
TARGET = (0.0, 0.1, 1.16)
PIXELS_PER_METRE = 292.0
"""Horizontal pixels per metre where the cooks stand (y = 0.05)."""

Colour = tuple[float, float, float]


def reset(samples: int) -> Any:
    """An empty scene with the camera and render settings of every picture."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples = samples
    scene.cycles.use_denoising = True
    scene.cycles.max_bounces = 4
    scene.cycles.diffuse_bounces = 2
    scene.cycles.transparent_max_bounces = 4
    scene.cycles.caustics_reflective = scene.cycles.caustics_refractive = False

    scene.render.resolution_x, scene.render.resolution_y = WIDTH, HEIGHT
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGBA"
    scene.view_settings.view_transform = "Standard"
    scene.view_settings.exposure = 0.0
    _camera(scene)
    return scene


def _camera(scene: Any) -> None:
    from mathutils import Vector

    data = bpy.data.cameras.new("camera")
    data.sensor_width = 36.0
    data.lens = 36.0 * FOCAL / WIDTH
    camera = bpy.data.objects.new("camera", data)
    camera.location = EYE
    camera.rotation_euler = (Vector(TARGET) - Vector(EYE)).to_track_quat("-Z", "Y").to_euler()
    scene.collection.objects.link(camera)
    scene.camera = camera


def material(
    name: str, colour: Colour, rough: float = 0.6, metal: float = 0.0, bump: float = 0.0, scale: float = 60.0
) -> Any:
    """A principled material, with an optional fine noise in its surface."""
    found = bpy.data.materials.get(name)
    if found:
        return found
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    nodes, links = made.node_tree.nodes, made.node_tree.links
    shader = nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (*colour, 1.0)
    shader.inputs["Roughness"].default_value = rough
    shader.inputs["Metallic"].default_value = metal
    if bump:
        noise, lift = nodes.new("ShaderNodeTexNoise"), nodes.new("ShaderNodeBump")
        noise.inputs["Scale"].default_value = scale
        lift.inputs["Strength"].default_value = bump
        lift.inputs["Distance"].default_value = 0.02
        links.new(noise.outputs["Fac"], lift.inputs["Height"])
        links.new(lift.outputs["Normal"], shader.inputs["Normal"])
    return made


def tiles(name: str, colour: Colour, joint: Colour, scale: float) -> Any:
    """Glazed wall or floor tiles."""
    made = material(name, colour, 0.25)
    nodes, links = made.node_tree.nodes, made.node_tree.links
    brick, where = nodes.new("ShaderNodeTexBrick"), nodes.new("ShaderNodeTexCoord")
    brick.offset = 0.0
    brick.inputs["Color1"].default_value = (*colour, 1)
    brick.inputs["Color2"].default_value = (*(0.94 * c for c in colour), 1)
    brick.inputs["Mortar"].default_value = (*joint, 1)
    brick.inputs["Scale"].default_value = scale
    brick.inputs["Mortar Size"].default_value = 0.012
    brick.inputs["Brick Width"].default_value = brick.inputs["Row Height"].default_value = 0.25
    links.new(where.outputs["UV"], brick.inputs["Vector"])
    links.new(brick.outputs["Color"], nodes["Principled BSDF"].inputs["Base Color"])
    return made


def box(low: tuple[float, float, float], high: tuple[float, float, float], look: Any, bevel: float = 0.006) -> Any:
    """An axis-aligned box between two corners."""
    middle = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
    bpy.ops.mesh.primitive_cube_add(size=1, location=middle)
    made = bpy.context.object
    made.scale = [b - a for a, b in zip(low, high, strict=True)]
    bpy.ops.object.transform_apply(location=False, rotation=False, scale=True)
    if bevel:
        made.modifiers.new("edge", "BEVEL").width = bevel
    made.data.materials.append(look)
    return made


def tube(at: tuple[float, float, float], radius: float, height: float, look: Any) -> Any:
    """An upright cylinder standing on a point."""
    bpy.ops.mesh.primitive_cylinder_add(
        vertices=40, radius=radius, depth=height, location=(at[0], at[1], at[2] + height / 2)
    )
    made = bpy.context.object
    bpy.ops.object.shade_smooth_by_angle()
    made.data.materials.append(look)
    return made


def ball(at: tuple[float, float, float], radius: float, look: Any, squash: float = 1.0) -> Any:
    """A round thing: a tomato, a knob."""
    bpy.ops.mesh.primitive_uv_sphere_add(segments=24, ring_count=14, radius=radius, location=at)
    made = bpy.context.object
    made.scale[2] = squash
    bpy.ops.object.shade_smooth()
    made.data.materials.append(look)
    return made


def _sheet(corners: list[tuple[float, float, float]], size: tuple[float, float], look: Any) -> None:
    mesh = bpy.data.meshes.new("sheet")
    mesh.from_pydata(corners, [], [(0, 1, 2, 3)])
    layer = mesh.uv_layers.new()
    for loop, uv in zip(layer.data, [(0, 0), (size[0], 0), size, (0, size[1])], strict=True):
        loop.uv = uv
    mesh.materials.append(look)
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("sheet", mesh))


def lights(world: float, ceiling: float = 55.0) -> None:
    """Four ceiling panels and an even fill."""
    scene = bpy.context.scene
    scene.world = bpy.data.worlds.new("world")
    scene.world.use_nodes = True
    scene.world.node_tree.nodes["Background"].inputs["Color"].default_value = (0.95, 0.98, 1.0, 1)
    scene.world.node_tree.nodes["Background"].inputs["Strength"].default_value = world
    for x in (-1.6, 1.6):
        for y, power in ((-1.9, ceiling), (0.2, 0.55 * ceiling)):
            data = bpy.data.lights.new("panel", "AREA")
            data.shape, data.size, data.size_y, data.energy = "RECTANGLE", 1.4, 0.35, power
            data.color = (1.0, 0.97, 0.92)
            panel = bpy.data.objects.new("panel", data)
            panel.location = (x, y, 2.88)
            scene.collection.objects.link(panel)


def island(holdout: bool) -> None:
    """The steel work table in front of the cooks; as a holdout it only hides what is behind it."""
    steel = material("steel", (0.62, 0.64, 0.66), 0.32, 1.0, 0.05, 9.0)
    dark = material("steel_dark", (0.30, 0.31, 0.33), 0.4, 1.0)
    parts = [box((-3.2, -1.02, 0.86), (3.2, -0.34, 0.90), steel), box((-3.2, -0.98, 0.1), (3.2, -0.38, 0.86), dark)]
    for i in range(-3, 3):
        parts.append(box((i + 0.04, -1.0, 0.2), (i + 0.96, -0.97, 0.82), steel, 0.01))
        if not holdout:
            tube_front = box((i + 0.3, -1.03, 0.74), (i + 0.7, -1.005, 0.765), dark)
            parts.append(tube_front)
    for part in parts:
        part.is_holdout = holdout


def _back_line() -> None:
    steel = material("steel", (0.62, 0.64, 0.66), 0.32, 1.0, 0.05, 9.0)
    dark = material("steel_dark", (0.30, 0.31, 0.33), 0.4, 1.0)
    black = material("iron", (0.03, 0.03, 0.035), 0.5, 0.3)
    box((-1.5, 1.15, 0.0), (3.2, 1.78, 0.9), steel)
    box((-3.1, 1.05, 0.0), (-1.6, 1.79, 2.05), steel, 0.02)
    box((-2.36, 1.03, 0.1), (-2.34, 1.06, 2.0), dark)
    for x in (-2.45, -2.25):
        box((x - 0.015, 1.0, 0.9), (x + 0.015, 1.03, 1.4), dark)
    for x in (-0.2, 0.3, 0.8):
        box((x - 0.2, 1.25, 0.9), (x + 0.2, 1.65, 0.925), black)
        tube((x, 1.14, 0.8), 0.03, 0.03, black)
    tube((-0.2, 1.45, 0.925), 0.16, 0.22, steel)
    tube((0.3, 1.45, 0.925), 0.14, 0.12, dark)
    tube((0.82, 1.45, 0.925), 0.17, 0.26, steel)
    box((-0.75, 1.2, 1.98), (1.35, 1.8, 2.25), steel, 0.02)
    box((-0.75, 1.18, 1.95), (1.35, 1.24, 1.99), dark)
    box((1.5, 1.5, 1.5), (3.1, 1.79, 1.53), steel)
    box((1.5, 1.5, 1.85), (3.1, 1.79, 1.88), steel)


def _small_things(seed: int) -> None:
    rng = np.random.default_rng(seed)
    white = material("china", (0.85, 0.85, 0.82), 0.2)
    board = material("board", (0.55, 0.36, 0.18), 0.6, 0.0, 0.2, 25.0)
    steel = material("steel", (0.62, 0.64, 0.66), 0.32, 1.0)
    red, green = (
        material("tomato", (0.65, 0.05, 0.03), 0.3),
        material("greens", (0.08, 0.30, 0.05), 0.6, 0.0, 0.9, 30.0),
    )
    for x in np.linspace(1.62, 2.7, 5):
        for level in range(int(rng.integers(4, 9))):
            tube((float(x), 1.64, 1.53 + 0.014 * level), 0.095, 0.011, white)
    for x in np.linspace(1.65, 2.8, 6):
        tube((float(x), 1.64, 1.88), 0.07, float(rng.uniform(0.09, 0.2)), [white, steel, red][int(rng.integers(3))])
    for x in (-0.02, -1.45, 1.45):
        box((x - 0.24, -0.82, 0.90), (x + 0.24, -0.48, 0.925), board)
    for _ in range(9):
        ball((float(rng.uniform(0.5, 0.8)), float(rng.uniform(-0.8, -0.6)), 0.935), 0.036, red, 0.85)
    for _ in range(6):
        ball((float(rng.uniform(-0.75, -0.5)), float(rng.uniform(-0.8, -0.6)), 0.94), 0.055, green, 0.7)
    tube((1.0, -0.66, 0.90), 0.13, 0.06, steel)
    tube((-1.0, -0.66, 0.90), 0.11, 0.15, steel)
    tube((-1.95, -0.66, 0.90), 0.10, 0.19, steel)


def _shell() -> None:
    wall = tiles("wall", (0.80, 0.82, 0.80), (0.45, 0.46, 0.45), 1.4)
    floor = tiles("floor", (0.42, 0.30, 0.24), (0.2, 0.17, 0.15), 0.9)
    plain = material("plaster", (0.82, 0.82, 0.80), 0.9)
    lamp = material("lamp", (1, 1, 1))
    lamp.node_tree.nodes["Principled BSDF"].inputs["Emission Color"].default_value = (1, 0.98, 0.94, 1)
    lamp.node_tree.nodes["Principled BSDF"].inputs["Emission Strength"].default_value = 4.0
    _sheet([(-3.2, 1.8, 0), (3.2, 1.8, 0), (3.2, 1.8, 3), (-3.2, 1.8, 3)], (6.4, 3), wall)
    _sheet([(-3.2, -4, 0), (-3.2, 1.8, 0), (-3.2, 1.8, 3), (-3.2, -4, 3)], (5.8, 3), wall)
    _sheet([(3.2, 1.8, 0), (3.2, -4, 0), (3.2, -4, 3), (3.2, 1.8, 3)], (5.8, 3), wall)
    _sheet([(-3.2, -4, 0), (3.2, -4, 0), (3.2, 1.8, 0), (-3.2, 1.8, 0)], (6.4, 5.8), floor)
    _sheet([(-3.2, -4, 3), (-3.2, 1.8, 3), (3.2, 1.8, 3), (3.2, -4, 3)], (6, 6), plain)
    _sheet([(3.2, -4, 0), (-3.2, -4, 0), (-3.2, -4, 3), (3.2, -4, 3)], (6, 3), plain)


def render_room(path: Path, samples: int, seed: int) -> None:
    """The empty kitchen as a picture."""
    scene = reset(samples)
    scene.cycles.seed = seed
    _shell()
    _back_line()
    island(holdout=False)
    _small_things(seed)
    lights(0.3)
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
