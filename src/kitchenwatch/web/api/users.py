"""The people of the installation; for admins."""

from fastapi import APIRouter

from kitchenwatch.store.users import NewUser
from kitchenwatch.web.auth import Admin
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.problems import responses
from kitchenwatch.web.schemas import DisabledIn, Id, PasswordIn, RoleIn, UserIn, UserOut

router = APIRouter(prefix="/users", tags=["users"], responses=responses(403))


@router.get("")
def list_users(deps: Deps, caller: Admin) -> list[UserOut]:
    """Everybody, by name."""
    return [UserOut.model_validate(row) for row in deps.users.all()]


@router.post("", status_code=204, responses=responses(404, 409))
def post_user(deps: Deps, caller: Admin, wish: UserIn) -> None:
    """A new user: a regulator of districts, a business with sites, an admin or a viewer."""
    deps.users.add(caller.name, _wanted(wish.name, wish), wish.password, caller.address)


@router.put("/{name}", status_code=204, responses=responses(404, 409))
def put_user(deps: Deps, caller: Admin, name: Id, wish: RoleIn) -> None:
    """Another role, or other places."""
    deps.users.change(caller.name, _wanted(name, wish), caller.address)


@router.put("/{name}/password", status_code=204, responses=responses(404))
def put_password(deps: Deps, caller: Admin, name: Id, wish: PasswordIn) -> None:
    """A new password; ends that user's browser sessions."""
    deps.users.set_password(caller.name, name, wish.password, caller.address)


@router.put("/{name}/disabled", status_code=204, responses=responses(404, 409))
def put_disabled(deps: Deps, caller: Admin, name: Id, wish: DisabledIn) -> None:
    """A disabled user's password and tokens open nothing."""
    deps.users.set_disabled(caller.name, name, wish.disabled, caller.address)


def _wanted(name: str, wish: RoleIn) -> NewUser:
    return NewUser(name, wish.role, tuple(wish.districts), tuple(wish.sites))
