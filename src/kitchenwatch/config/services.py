"""What the installation uses: store, keys, detector, web, retention, channels, pushes."""

import base64
import binascii
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, HttpUrl, SecretStr, ValidationInfo

from kitchenwatch.config.sites import Part
from kitchenwatch.config.units import Duration, NearPath, Room, Space, fault, some
from kitchenwatch.model import Kind

DATABASES = ("sqlite", "postgresql")
WEB_SCHEMES = ("http", "https")
BROKER_SCHEMES = ("mqtt", "mqtts")
SECRET_PREFIX = "whsec_"

Days = Annotated[int, Field(ge=0, le=36_500)]


def _scheme(url: SecretStr, known: tuple[str, ...]) -> str:
    scheme, mark, rest = url.get_secret_value().partition("://")
    if not mark or scheme not in known or not rest:
        wanted = " or ".join(f"{name}://" for name in known)
        raise fault("is no address we can use", f"begin it with {wanted}", secret=True)
    return scheme


def _database(url: SecretStr, info: ValidationInfo) -> SecretStr:
    """SQLite's file lies beside the YAML file unless its path is absolute."""
    folder = (info.context or {}).get("folder", ".")
    if _scheme(url, DATABASES) == "sqlite":
        file = url.get_secret_value().removeprefix("sqlite:///")
        return SecretStr(f"sqlite:///{Path(folder) / file}")
    return url


def _web_address(url: SecretStr) -> SecretStr:
    _scheme(url, WEB_SCHEMES)
    return url


def _broker_address(url: SecretStr) -> SecretStr:
    _scheme(url, BROKER_SCHEMES)
    return url


def _signing_secret(secret: SecretStr) -> SecretStr:
    try:
        key = base64.b64decode(secret.get_secret_value().removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not 24 <= len(key) <= 64:
        remedy = f"write {SECRET_PREFIX} and the base64 of 24 to 64 random bytes (openssl rand -base64 32)"
        raise fault("is no signing secret", remedy, secret=True)
    return secret


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _network(value: Any) -> IPv4Network | IPv6Network:
    try:
        return ip_network(value)
    except ValueError as error:
        raise fault("is no network", 'write one such as "192.168.0.0/16", or a single address') from error


Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network, json_schema_input_type=str)]


class Store(Part):
    """Where rows and evidence lie; relative to the YAML file's folder."""

    database: Annotated[SecretStr, AfterValidator(_database)] = Field(
        default=SecretStr("sqlite:///var/kitchenwatch.db"), validate_default=True
    )
    evidence: NearPath = Field(default=Path("var/evidence"), validate_default=True)


class Keys(Part):
    """The key that seals evidence; made at the first start."""

    private: NearPath = Field(default=Path("var/keys/seal.pem"), validate_default=True)


class Web(Part):
    """Where the API and the console listen; `public_url` is how others reach it, for links in alerts."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8600
    public_url: HttpUrl | None = None


class Detector(Part):
    """What sees, and how closely; `model` left out means the model that ships with kitchenwatch.

    `engine: cuda` and `tensorrt` want an NVIDIA GPU and ONNX Runtime's package for it (docs/engines.md).
    `attention: adaptive` decodes and looks where something can be learned, up to `sample_fps` times a second;
    `full` decodes everything and looks so often, whatever there is to see.
    `frame_side` is the long side, in pixels, at which frames are searched for people: 960 finds more of those who are
    far away, at twice the price of that search.
    """

    model: NearPath | None = None
    engine: Literal["auto", "onnxruntime", "openvino", "cuda", "tensorrt"] = "auto"
    attention: Literal["adaptive", "full"] = "adaptive"
    sample_fps: Annotated[float, Field(gt=0, le=60)] = 5.0
    threads: Annotated[int, Field(ge=1, le=256)] = 1
    frame_side: Annotated[int, Field(ge=320, le=1920)] = 640


class Timestamp(Part):
    """A time-stamping authority (RFC 3161) that vouches for the moment of each seal."""

    url: HttpUrl | None = None


class Periods(Part):
    """How long evidence is kept; `confirmed_days` left null is for ever. Legal holds outlast all of it."""

    rolling_days: Days = 30
    dismissed_days: Days = 7
    confirmed_days: Days | None = None
    by_kind: dict[Kind, Days] = Field(default_factory=dict)


class ConsolePeriods(Periods):
    """The same as the console may declare them: a slip of a finger there must not empty the store.

    A week is what rules ask for at least (餐饮服务明厨亮灶工作指导意见, SAMR 2018), a day leaves time to undo a
    verdict, a month to order and recheck.
    """

    rolling_days: Annotated[int, Field(ge=7, le=3650)]
    dismissed_days: Annotated[int, Field(ge=1, le=3650)]
    confirmed_days: Annotated[int, Field(ge=30, le=3650)] | None = None
    by_kind: dict[Kind, Annotated[int, Field(ge=7, le=3650)]] = Field(default_factory=dict)


class Retention(Periods):
    """What is kept how long, and how much of the disk stays free."""

    disk_floor: Space = Room(share=0.10)
    warn_at: Space = Room(share=0.15)


class Egress(Part):
    """Private addresses that webhooks may reach; all others are refused."""

    allow: tuple[Network, ...] = ()


class WebhookText(Part):
    """Signed webhooks (Standard Webhooks); of several secrets the newest is first, and each signs."""

    type: Literal["webhook"]
    url: Annotated[SecretStr, AfterValidator(_web_address)]
    secret: Annotated[
        tuple[Annotated[SecretStr, AfterValidator(_signing_secret)], ...],
        BeforeValidator(_listed),
        AfterValidator(some),
    ]


class RobotText(Part):
    """A group's robot of 企业微信 (wecom), 钉钉 (dingtalk) or 飞书 (feishu); `secret` where it asks for signatures."""

    type: Literal["robot"]
    service: Literal["wecom", "dingtalk", "feishu"]
    url: Annotated[SecretStr, AfterValidator(_web_address)]
    secret: SecretStr | None = None


class AppriseText(Part):
    """A service that Apprise knows (e-mail and many others). One address a channel: a retry repeats no other."""

    type: Literal["apprise"]
    url: SecretStr


class MqttText(Part):
    """An MQTT 5 broker; `topic` is the first level of every topic."""

    type: Literal["mqtt"]
    url: Annotated[SecretStr, AfterValidator(_broker_address)]
    topic: Annotated[str, Field(pattern=r"^[^#+]+$")] = "kitchenwatch"


ChannelText = Annotated[WebhookText | RobotText | AppriseText | MqttText, Field(discriminator="type")]


class Push(Part):
    """At most `cap` pushes per channel, site, camera and rule in a `window`; a digest tells the rest.

    `operators` are the channels told when room for evidence runs out.
    """

    cap: Annotated[int, Field(ge=1)] = 6
    window: Duration = 3600.0
    retry_for: Duration = 3 * 86_400.0
    operators: tuple[str, ...] = ()
