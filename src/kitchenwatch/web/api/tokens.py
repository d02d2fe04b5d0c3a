"""Everybody's API tokens; for admins."""

from uuid import UUID

from fastapi import APIRouter

from kitchenwatch.web.auth import Admin
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.problems import responses
from kitchenwatch.web.schemas import GrantOut, Id, TokenForIn, TokenOut

router = APIRouter(prefix="/tokens", tags=["users"], responses=responses(403))


@router.get("")
def list_tokens(deps: Deps, caller: Admin, user: Id | None = None) -> list[TokenOut]:
    """Tokens without their secrets, newest first."""
    return [TokenOut.model_validate(row) for row in deps.tokens.all(user)]


@router.post("", status_code=201, responses=responses(404))
def post_token(deps: Deps, caller: Admin, wish: TokenForIn) -> GrantOut:
    """A new API token with that user's rights."""
    grant = deps.tokens.issue(caller.name, wish.user, wish.note, wish.expires_at, caller.address)
    return GrantOut.model_validate(grant)


@router.delete("/{token}", status_code=204, responses=responses(404))
def delete_token(deps: Deps, caller: Admin, token: UUID) -> None:
    """It opens nothing from now on."""
    deps.tokens.revoke(caller.name, token, address=caller.address)
