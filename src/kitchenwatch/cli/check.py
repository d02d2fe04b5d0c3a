"""`kitchenwatch check`: whether configuration, cameras and store are as they must be."""

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

import typer

from kitchenwatch import config
from kitchenwatch.bootstrap.channels import build_channels
from kitchenwatch.bootstrap.sight import build_sight
from kitchenwatch.bootstrap.stores import open_stores
from kitchenwatch.bootstrap.trial import try_camera
from kitchenwatch.bootstrap.upkeep import build_repair, mend
from kitchenwatch.cli.options import DEFAULT_CONFIG, ConfigPath
from kitchenwatch.cli.screen import fault, log_to_screen, progress, say
from kitchenwatch.clock import SystemClock
from kitchenwatch.config import Camera, Config
from kitchenwatch.errors import SourceError

# Enough to hide the waits of cameras that do not answer, few enough for one recorder to serve.
TRIED_AT_ONCE = 4
RIGHT = "[green]✓[/] "


def check(
    config_path: ConfigPath = DEFAULT_CONFIG,
    streams: Annotated[bool, typer.Option("--streams", help="Also try each camera.")] = False,
    store: Annotated[bool, typer.Option("--store", help="Also compare rows, files and seals.")] = False,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what a crash left half done.")] = False,
) -> None:
    """Check the configuration, and on request the cameras and the store."""
    log_to_screen(logging.ERROR)
    wanted = config.load(config_path)
    build_channels(wanted, SystemClock())
    build_sight(wanted.detector.model, wanted.detector.engine, wanted.detector.threads)
    cameras = sum(len(site.cameras) for site in wanted.sites)
    say(f"{config_path}: {len(wanted.sites)} sites, {cameras} cameras", RIGHT)
    faults = _try_all(wanted) if streams else 0
    faults += _look_after(wanted, repair) if store or repair else 0
    if faults:
        raise typer.Exit(1)


def _try_all(wanted: Config) -> int:
    """Try every camera; how many failed."""
    cameras = [camera for site in wanted.sites for camera in site.cameras]
    with progress() as bar, ThreadPoolExecutor(TRIED_AT_ONCE) as pool:
        answers = list(bar.track(pool.map(_tried, cameras), total=len(cameras), description="trying cameras"))
    for camera, (seen, error) in zip(cameras, answers, strict=True):
        if error:
            fault(f"camera {camera.id}: {error}")
        else:
            say(f"camera {camera.id}: {seen}", RIGHT)
    return sum(1 for _, error in answers if error)


def _tried(camera: Camera) -> tuple[str, SourceError | None]:
    try:
        return try_camera(camera), None
    except SourceError as error:
        return "", error


def _look_after(wanted: Config, repair: bool) -> int:
    """Compare rows, files and seals, and mend them if asked; how many faults are left."""
    stores = open_stores(wanted, SystemClock())
    try:
        for problem in mend(stores, SystemClock()) if repair else []:
            say(problem.text, "[yellow]mended[/] ")
        left = build_repair(stores, SystemClock()).check()
    finally:
        stores.close()
    for problem in left:
        fault(f"{problem.text} -> kitchenwatch check --repair" if problem.mendable and not repair else problem.text)
    if not left:
        say(f"{wanted.store.evidence}: rows, files and seals agree", RIGHT)
    return len(left)
