"""What a cook wears and holds, as plain meshes built around the body; all shapes are the project's own."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .body import Array, Body, Faces, Posed, groups, lip_vertices

HEAD_CENTRE = np.array([0.0, -0.045, 0.735])


@dataclass
class Part:
    """A mesh with one material; ``front`` are planar rest coordinates (x, z) for painted parts."""

    name: str
    vertices: Array
    faces: Faces
    look: str
    smooth: int = 0
    front: Array | None = None


@dataclass(frozen=True)
class Dress:
    """Who wears what."""

    hat: bool
    mask: str
    """``on``, ``chin`` or ``off``."""
    apron: bool = True
    item: str = ""
    """``phone`` or ``cigarette``."""
    shape: dict[str, float] = field(default_factory=dict)
    skin: tuple[float, float, float] = (0.58, 0.36, 0.26)
    hair: tuple[float, float, float] = (0.02, 0.014, 0.01)


class Head:
    """The outline of one head at rest, for things that sit on it."""

    def __init__(self, body: Body) -> None:
        used = sorted({v for face in groups()["body"] for v in face})
        rest = body.rest[used]
        self.lift = body.joint("head")[2] - 0.669
        self.centre = HEAD_CENTRE + np.array([0.0, 0.0, self.lift])
        self._near = rest[(rest[:, 2] > self.lift + 0.575) & (np.abs(rest[:, 0]) < 0.083)] - self.centre

    def ring(self, theta: Array, height: Array) -> Array:
        """Radius about the upright axis at angle theta (0 = front), at heights of the reference head."""
        near_theta = np.arctan2(self._near[:, 0], -self._near[:, 1])
        near_r = np.hypot(self._near[:, 0], self._near[:, 1])
        z = height + self.lift - self.centre[2]
        gap = np.abs(np.angle(np.exp(1j * (theta[..., None] - near_theta))))
        inside = (gap < 0.16) & (np.abs(z[..., None] - self._near[:, 2]) < 0.012)
        widest: Array = np.where(inside, near_r, 0.0).max(-1)
        return np.where(widest > 0.03, widest, 0.075)

    def dome(self, theta: Array, phi: Array) -> Array:
        """Radius about the centre in direction (theta, elevation phi)."""
        d = np.stack([np.sin(theta) * np.cos(phi), -np.cos(theta) * np.cos(phi), np.sin(phi)], -1)
        r = np.linalg.norm(self._near, axis=1)
        aligned = d @ (self._near / r[:, None]).T
        return np.asarray(np.where(aligned > 0.985, r, 0.0).max(-1))

    def around(self, theta: Array, radius: Array, height: Array) -> Array:
        """Points about the upright axis."""
        x, y = np.sin(theta) * radius, -np.cos(theta) * radius
        return np.stack([x + self.centre[0], y + self.centre[1], height + self.lift], -1)


def _grid(points: Array, closed: bool) -> tuple[Array, Faces]:
    rows, columns = points.shape[:2]
    faces: Faces = []
    for i in range(rows - 1):
        for j in range(columns if closed else columns - 1):
            k = (j + 1) % columns
            faces.append((i * columns + j, i * columns + k, (i + 1) * columns + k, (i + 1) * columns + j))
    return points.reshape(-1, 3), faces


def _blur(values: Array, times: int, wrap: bool = True) -> Array:
    for _ in range(times):
        along = np.roll(values, 1, 1) + np.roll(values, -1, 1) if wrap else 2 * values
        up = np.vstack([values[:1], values[:-1]]) + np.vstack([values[1:], values[-1:]])
        values = (2 * values + along + up) / 6
    return values


def hat(head: Head) -> Part:
    """A white cook's hat: band and pleated crown."""
    theta = np.linspace(-np.pi, np.pi, 72, endpoint=False)
    tilt = 0.012 * np.cos(theta)
    band = head.ring(theta, np.full(72, 0.772)) + 0.009
    band = _blur(band[None], 4)[0]
    profile = [(1.0, 0.757), (1.0, 0.790), (1.0, 0.822), (1.02, 0.826), (1.12, 0.846), (1.22, 0.880), (1.24, 0.905)]
    profile += [(1.12, 0.925), (0.8, 0.932), (0.4, 0.926), (0.02, 0.922)]
    rows = []
    for k, (scale, z) in enumerate(profile):
        pleat = 1 + (0.035 if 3 < k < 9 else 0.0) * np.cos(16 * theta)
        rows.append(head.around(theta, band * scale * pleat, np.full(72, z) + tilt))
    vertices, faces = _grid(np.array(rows), True)
    return Part("hat", vertices, faces, "hat", 1)


def hair(head: Head, seed: int, pressed: bool) -> Part:
    """Short hair as a rough shell over the scalp; pressed flat under a hat."""
    theta = np.linspace(-np.pi, np.pi, 90, endpoint=False)
    a = np.abs(theta)
    line = np.interp(a, [0, 0.6, 1.0, 1.25, 1.75, 2.2, np.pi], [0.50, 0.47, 0.26, -0.04, -0.12, -0.62, -0.72])
    steps = np.linspace(0, 1, 26)
    phi = line[None] + (np.pi / 2 - 0.02 - line[None]) * steps[:, None]
    radius = _blur(head.dome(np.broadcast_to(theta, phi.shape), phi), 2)
    rng = np.random.default_rng(seed)
    rough = _blur(rng.normal(0, 0.006, phi.shape), 1)
    thick = np.interp(steps, [0, 0.06, 0.3, 1], [-0.002, 0.006, 0.016, 0.022])[:, None]
    if pressed:
        thick, rough = np.minimum(thick, 0.004) * np.ones_like(thick), 0.25 * rough
    r = radius + thick + rough * np.minimum(1, 4 * steps[:, None])
    d = np.stack([np.sin(theta) * np.cos(phi), -np.cos(theta) * np.cos(phi), np.sin(phi)], -1)
    vertices, faces = _grid(head.centre + d * r[..., None], True)
    return Part("hair", vertices, faces, "hair", 1)


def mask(head: Head, chin: bool) -> list[Part]:
    """A pleated surgical mask with its ear loops, over mouth and nose or pulled under the chin."""
    theta = np.linspace(-1.22, 1.22, 41)
    out = (theta / 1.22) ** 2
    top = (0.640 if chin else 0.699) - (0.004 if chin else 0.018) * out
    bottom = (0.588 if chin else 0.596) + 0.026 * out
    v = np.linspace(0, 1, 25)[:, None]
    z = top + (bottom - top) * v
    t = np.broadcast_to(theta, z.shape)
    r = _blur(head.ring(t, z), 6, wrap=False)
    pleat = 0.0035 * np.abs(((v * 3.5) % 1) - 0.5) * 2
    r = r + 0.006 + pleat * np.minimum(1, 6 * v * (1 - v) + 0.1) + 0.004 * np.sin(np.pi * v) * (1 - out)
    points = head.around(t, r, z)
    vertices, faces = _grid(points, False)
    parts = [Part("mask", vertices, faces, "mask", 1)]
    for column, sign in ((0, -1.0), (-1, 1.0)):
        ear = head.around(np.array([sign * 1.75]), np.array([0.092]), np.array([0.70]))[0]
        for row in (1, -2):
            parts.append(_string(points[row, column], ear))
    return parts


def _string(start: Array, end: Array) -> Part:
    along = np.linspace(0, 1, 8)[:, None]
    bow = np.array([np.sign(start[0]) * 0.008, 0.0, 0.0]) * np.sin(np.pi * along)
    return rod(start + (end - start) * along + bow, 0.0016, "hat")


def rod(path: Array, radius: float, look: str) -> Part:
    """A round tube along a path."""
    direction = path[-1] - path[0]
    side = np.cross(direction, [0.3, 0.2, 1.0])
    side /= np.linalg.norm(side)
    other = np.cross(direction / np.linalg.norm(direction), side)
    angle = np.linspace(0, 2 * np.pi, 10, endpoint=False)[None, :, None]
    ring = radius * (np.cos(angle) * side + np.sin(angle) * other)
    points = np.concatenate([path[:1, None] + 0 * ring, path[:, None] + ring, path[-1:, None] + 0 * ring])
    vertices, faces = _grid(points, True)
    return Part("rod", vertices, faces, look, 0)


def cigarette(head: Head, body: Body) -> tuple[list[Part], Array]:
    """A cigarette between the lips, and where it glows."""
    lips = body.rest[lip_vertices()]
    front = lips[lips[:, 1] < lips[:, 1].min() + 0.012]
    mouth = np.array([-0.012, lips[:, 1].min() + 0.006, front[:, 2].mean()])
    along = np.array([-1.0, -0.85, -0.20])
    along /= np.linalg.norm(along)
    cuts = [-0.01, 0.026, 0.104, 0.112]
    looks = ["filter", "paper", "ember"]
    parts = [
        rod(mouth + along * np.array([[a], [b]]), 0.0065, look)
        for a, b, look in zip(cuts, cuts[1:], looks, strict=False)
    ]
    return parts, mouth + along * cuts[-1]


def jacket(body: Body, posed: Posed) -> list[Part]:
    """A double-breasted jacket with sleeves, and trousers, puffed out from the body."""
    faces = groups()["helper-tights"]
    rest = body.rest
    used = sorted({v for f in faces for v in f})
    index = {v: i for i, v in enumerate(used)}
    all_faces = [tuple(index[v] for v in f) for f in faces]
    at, here = rest[used], posed.vertices[used]
    sleeve = np.abs(at[:, 0]) > np.abs(body.joint("upperarm01.L")[0]) + 0.01
    sleeve &= (at[:, 2] > 0.1) | (np.abs(at[:, 0]) > 0.30)
    shell = _puffed(here, all_faces, np.where(sleeve, 0.016, 0.022))
    wrist = np.abs(body.joint("wrist.L")[0]) - 0.006
    top = [f for f in all_faces if all(at[v, 2] > -0.50 and abs(at[v, 0]) < wrist for v in f)]
    legs = [f for f in all_faces if all(at[v, 2] < -0.45 for v in f)]
    front = at[:, [0, 2]].copy()
    front[sleeve] = [9.0, 9.0]
    return [Part("jacket", shell, top, "jacket", 1, front), Part("trousers", shell, legs, "trousers", 0)]


def _puffed(points: Array, faces: Faces, out: Array) -> Array:
    """Points moved along their normals, then evened out so that cloth bridges hollows."""
    normal = np.zeros_like(points)
    pairs = set()
    for f in faces:
        n = np.cross(points[f[2]] - points[f[0]], points[f[-1]] - points[f[1]])
        for a, b in zip(f, (*f[1:], f[0]), strict=True):
            normal[a] += n
            pairs |= {(a, b), (b, a)}
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
    edge = np.array(sorted(pairs))
    count = np.bincount(edge[:, 0], minlength=len(points))[:, None] + 1e-9
    moved = points + normal * out[:, None]
    for _ in range(7):
        total = np.zeros_like(moved)
        np.add.at(total, edge[:, 0], moved[edge[:, 1]])
        moved = 0.45 * moved + 0.55 * total / count
    return moved + normal * out[:, None] * 0.35


def collar(body: Body, posed: Posed) -> Part:
    """A standing collar around the neck."""
    neck = body.joint("neck01")
    theta = np.linspace(-np.pi, np.pi, 40, endpoint=False)
    rows = []
    for r, z in ((0.105, -0.075), (0.086, -0.045), (0.070, -0.012), (0.066, 0.004), (0.062, 0.002), (0.060, -0.03)):
        rows.append(
            np.stack(
                [np.sin(theta) * r, -np.cos(theta) * r + neck[1] + 0.004, neck[2] + z + 0.012 * -np.cos(theta)], -1
            )
        )
    vertices, faces = _grid(np.array(rows), True)
    return Part("collar", posed.carried("neck01", vertices), faces, "jacket", 1)


def cuffs(body: Body, posed: Posed) -> list[Part]:
    """Turned-up ends of the sleeves."""
    parts = []
    angle = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    for side in ("L", "R"):
        elbow, wrist = body.joint(f"lowerarm01.{side}"), body.joint(f"wrist.{side}")
        along = (wrist - elbow) / np.linalg.norm(wrist - elbow)
        first = np.cross(along, [0.0, 1.0, 0.0])
        first /= np.linalg.norm(first)
        second = np.cross(along, first)
        profile = ((-0.105, 0.036), (-0.10, 0.048), (-0.01, 0.042), (-0.008, 0.038), (-0.03, 0.034))
        rows = [
            wrist + along * a + r * (np.cos(angle)[:, None] * first + np.sin(angle)[:, None] * second)
            for a, r in profile
        ]
        vertices, faces = _grid(np.array(rows), True)
        parts.append(Part("cuff", posed.carried(f"lowerarm01.{side}", vertices), faces, "hat", 1))
    return parts


def buttons(body: Body, shell: Part) -> list[Part]:
    """Two rows of small buttons on the chest."""
    parts = []
    assert shell.front is not None
    for z in np.linspace(0.17, 0.42, 4):
        for x in (-0.06, 0.06):
            near = int(np.argmin(np.hypot(shell.front[:, 0] - x, shell.front[:, 1] - z)))
            at = shell.vertices[near]
            parts.append(rod(at + np.array([[0, 0.004, 0], [0, -0.008, 0.0]]), 0.009, "button"))
    return parts


def phone(posed: Posed, body: Body) -> Part:
    """A phone in the right hand, standing out of the fist."""
    palm = posed.carried("wrist.R", body.joint("finger3-1.R")[None])[0]
    wrist = posed.carried("wrist.R", body.joint("wrist.R")[None])[0]
    up = palm - wrist
    up = up / np.linalg.norm(up) * 0.4 + np.array([0.0, 0.15, 1.0])
    up /= np.linalg.norm(up)
    out = np.array([0.25, -1.0, 0.25])
    out -= up * (out @ up)
    out /= np.linalg.norm(out)
    side = np.cross(up, out)
    centre = palm + up * 0.045 + out * 0.022
    corners = [
        centre + sx * side * 0.039 + sy * up * 0.080 + sz * out * 0.005
        for sz in (-1, 1)
        for sy in (-1, 1)
        for sx in (-1, 1)
    ]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return Part("phone", np.array(corners), faces, "phone")


def skin(body: Body, posed: Posed) -> list[Part]:
    """Head, neck and hands; eyes and lashes."""
    rest = body.rest
    neck, wrist = body.joint("neck01")[2] - 0.07, abs(body.joint("wrist.L")[0]) - 0.03
    bare = [
        f
        for f in groups()["body"]
        if all((rest[v, 2] > neck and abs(rest[v, 0]) < 0.13) or abs(rest[v, 0]) > wrist for v in f)
    ]
    front = np.where(((rest[:, 1] < -0.03) & (rest[:, 2] > neck))[:, None], rest[:, [0, 2]], [9.0, 9.0])
    parts = [Part("skin", posed.vertices, bare, "skin", 1, front)]
    for side in ("l", "r"):
        ball = groups()[f"helper-{side}-eye"]
        centre = rest[sorted({v for f in ball for v in f})]
        pole = np.array([centre[:, 0].mean(), centre[:, 1].min(), centre[:, 2].mean()])
        iris = {f for f in ball if np.linalg.norm(rest[list(f)].mean(0) - pole) < 0.0068}
        parts.append(Part("eye", posed.vertices, [f for f in ball if f not in iris], "eye", 1))
        parts.append(Part("iris", posed.vertices, sorted(iris), "iris"))
        for lash in (1, 2):
            parts.append(Part("lash", posed.vertices, groups()[f"helper-{side}-eyelashes-{lash}"], "iris"))
    return parts


def dressed(body: Body, posed: Posed, dress: Dress) -> tuple[list[Part], Array | None]:
    """All meshes of one person, and where a cigarette glows, in the body's own frame."""
    head = Head(body)
    parts = skin(body, posed) + jacket(body, posed)
    parts.append(collar(body, posed))
    parts += cuffs(body, posed)
    if not dress.apron:
        parts += buttons(body, next(p for p in parts if p.name == "jacket"))
    worn: list[Part] = [hair(head, 3, dress.hat)]
    worn += [hat(head)] if dress.hat else []
    worn += mask(head, dress.mask == "chin") if dress.mask != "off" else []
    glow = None
    if dress.item == "cigarette":
        sticks, tip = cigarette(head, body)
        worn += sticks
        glow = posed.carried("head", tip[None])[0]
    for part in worn:
        part.vertices = posed.carried("head", part.vertices)
    if dress.item == "phone":
        parts.append(phone(posed, body))
    return parts + worn, glow
