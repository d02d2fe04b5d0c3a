"""The configuration that holds, to be seen and taken away."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from kitchenwatch.web.auth import Admin
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.rendering import render

router = APIRouter()


@router.get("/configuration")
def show_configuration(request: Request, deps: Deps, caller: Admin) -> Response:
    """File and console joined, without secrets."""
    declaring = deps.administration.declaring
    return render(
        request,
        "admin/configuration.html",
        caller=caller,
        yaml=declaring.effective(),
        clashes=len(declaring.holding().clashes),
    )


@router.get("/configuration.yaml")
def get_configuration(deps: Deps, caller: Admin) -> Response:
    """The same as a file."""
    return yaml_file("kitchenwatch-effective.yaml", deps.administration.declaring.effective())


def yaml_file(name: str, text: str) -> Response:
    """A download."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, headers=headers, media_type="application/yaml")
