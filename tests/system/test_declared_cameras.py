"""A camera declared in the console is watched at once, while the others go on; and after the next start too."""

from collections.abc import Callable
from pathlib import Path

import httpx
from commands import kitchenwatch
from living import Living, thread_names, wait_for, write_config

from rtsp import RtspServer


def post(living: Living, path: str, **form: str) -> None:
    answer = httpx.post(f"{living.url}{path}", data=form, headers=living.headers, trust_env=False, timeout=60)
    assert answer.status_code == 303, answer.text


def frames(living: Living, camera: str) -> int:
    return {line.camera: line.frames for line in living.service.runner.posts}.get(camera, -1)


def test_a_camera_comes_changes_and_goes_without_a_restart(
    tmp_path: Path, make_film: Callable[..., Path], rtsp_server: Callable[..., RtspServer]
) -> None:
    film = make_film("kitchen.mp4", seconds=4, fps=10, size=(160, 90))
    server = rtsp_server({"stove": film, "cold": film}, user="watch", password="s3cret-w0rd")
    config = write_config(tmp_path, {"stove": server.url("stove")})
    before = thread_names()
    living = Living(config)
    try:
        wait_for(lambda: frames(living, "stove") > 2, "the first camera's frames")
        (stove,) = living.service.runner.posts
        camera = {"id": "cold", "name": "专间", "site": "canteen", "url": server.url("cold")}
        post(living, "/admin/declare/camera", **camera)
        wait_for(lambda: frames(living, "cold") > 2, "the new camera's frames")
        cold = living.service.runner.posts[-1]
        assert {each["id"] for each in living.get("/cameras")} == {"cold", "stove"}

        changed = {"name": "冷菜间", "site": "canteen", "url": "", "revision": "1", "rule-no_hat-enabled": "off"}
        post(living, "/admin/places/camera/cold", **changed)
        assert living.service.runner.posts[-1] is not cold
        assert cold.over
        wait_for(lambda: frames(living, "cold") > 2, "the changed camera's frames")

        seen = stove.frames
        post(living, "/admin/places/camera/cold/remove", revision="2")
        assert living.service.runner.posts == (stove,)
        wait_for(lambda: stove.frames > seen, "more of the first camera's frames")
        assert stove.failures == 0
        post(living, "/admin/declare/camera", **camera)

        assert living.service.retention.policy.rolling_days == 30
        post(living, "/admin/retention", rolling_days="20", dismissed_days="10")
        assert living.service.retention.policy.rolling_days == 20
    finally:
        living.stop()
    assert thread_names() == before

    again = Living(config)
    try:
        wait_for(lambda: frames(again, "cold") > 0, "the declared camera after a start")
        assert again.service.retention.policy.rolling_days == 20
    finally:
        again.stop()

    told = kitchenwatch("config", "--config", str(config))
    assert told.returncode == 0
    assert "id: cold  # declared in the console" in told.stdout
    assert "s3cret" not in told.stdout
    write_config(tmp_path, {"stove": server.url("stove"), "cold": server.url("stove")})
    clash = kitchenwatch("config", "--config", str(config))
    assert (clash.returncode, "camera cold is declared in the file and in the console" in clash.stderr) == (1, True)
