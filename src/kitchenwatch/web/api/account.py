"""Signing in and out, and what everybody may do with their own account."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from kitchenwatch.web.auth import AnyCaller, drop_session, keep_session
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.login import check_password, sign_in
from kitchenwatch.web.problems import responses
from kitchenwatch.web.schemas import GrantOut, LoginIn, MeOut, OwnPasswordIn, SessionOut, TokenIn, TokenOut

router = APIRouter(tags=["account"])


@router.post("/login", responses=responses(403, 429))
def post_login(request: Request, response: Response, deps: Deps, login: LoginIn) -> SessionOut:
    """A browser session as an HttpOnly cookie, for twelve hours."""
    grant = sign_in(request, deps, login.name, login.password)
    keep_session(request, response, grant)
    return SessionOut(user=login.name, expires_at=grant.expires_at)


@router.post("/logout", status_code=204)
def post_logout(response: Response, deps: Deps, caller: AnyCaller) -> None:
    """End this browser session; an API token is not ended by it."""
    deps.tokens.close_session(caller.secret, caller.address)
    drop_session(response)


@router.get("/me")
def get_me(caller: AnyCaller) -> MeOut:
    """Who you are, and what you may see."""
    scope = caller.scope
    places = {"districts": sorted(scope.districts), "sites": sorted(scope.sites)}
    return MeOut(user=scope.user, role=scope.role, **places)


@router.put("/me/password", status_code=204, responses=responses(429))
def put_own_password(request: Request, deps: Deps, caller: AnyCaller, wish: OwnPasswordIn) -> None:
    """Ends all your browser sessions, this one too."""
    check_password(request, deps, caller.name, wish.old)
    deps.users.set_password(caller.name, caller.name, wish.password, caller.address)


@router.get("/me/tokens")
def list_own_tokens(deps: Deps, caller: AnyCaller) -> list[TokenOut]:
    """Your API tokens, without their secrets."""
    return [TokenOut.model_validate(row) for row in deps.tokens.all(caller.name)]


@router.post("/me/tokens", status_code=201)
def post_own_token(deps: Deps, caller: AnyCaller, wish: TokenIn) -> GrantOut:
    """A new API token with your rights."""
    grant = deps.tokens.issue(caller.name, caller.name, wish.note, wish.expires_at, caller.address)
    return GrantOut.model_validate(grant)


@router.delete("/me/tokens/{token}", status_code=204, responses=responses(404))
def delete_own_token(deps: Deps, caller: AnyCaller, token: UUID) -> None:
    """It opens nothing from now on."""
    deps.tokens.revoke(caller.name, token, owner=caller.name, address=caller.address)
