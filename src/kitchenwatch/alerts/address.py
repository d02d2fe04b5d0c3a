"""What an HTTP channel's address must look like."""

import httpx

from kitchenwatch.errors import ConfigError


def check_address(name: str, url: str) -> None:
    """Raises ConfigError unless `url` is an http(s) address of a host, without a user or password in it."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL()
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise ConfigError(f"channel {name}", "the address is no http(s) URL", remedy="write https://host/path")
    if parsed.userinfo:
        raise ConfigError(f"channel {name}", "the address holds a user or password", remedy="leave them out")
