"""The switch between the languages."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from kitchenwatch.web.language import COOKIE, Language
from kitchenwatch.web.redirects import own_place

router = APIRouter()

YEAR_S = 365 * 24 * 3600


@router.get("/language/{language}")
def choose_language(request: Request, language: Language, next: str = "/") -> Response:
    """Back to where one was, in this language from now on; before signing in, too."""
    response = RedirectResponse(own_place(next), HTTPStatus.SEE_OTHER)
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, language, YEAR_S, httponly=True, samesite="lax", secure=secure)
    return response
