"""Group robots of 企业微信, 钉钉 and 飞书, whose answers are read.

These services answer HTTP 200 to a message that they throw away (wrong signature, missing keyword, too many a
minute) and say so in the body alone. Apprise 2.2 looks only at the status, so there a lost alert would count as
delivered; this channel reads the body, and keeps to the egress policy.

Sources: https://developer.work.weixin.qq.com/document/path/91770,
https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages,
https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
"""

import base64
import hashlib
import hmac
import json
from enum import StrEnum
from typing import Any

import httpx

from kitchenwatch.alerts.address import check_address
from kitchenwatch.alerts.egress import Egress, Reply
from kitchenwatch.alerts.pace import PER_MINUTE, Pace
from kitchenwatch.alerts.text import text_of
from kitchenwatch.errors import DeliveryRetry
from kitchenwatch.model import Delivery
from kitchenwatch.ports import Clock

TIMEOUT = 20.0  # seconds for the whole exchange
CONTENT_LIMIT = 2000  # bytes; 企业微信 takes 2048 of text, the others more


class Service(StrEnum):
    """Whose robot it is."""

    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"


class RobotChannel:
    """Sends each alert as text to one group's robot.

    Args:
        name: of the channel, for messages.
        service: whose robot.
        url: the address that the service shows for the robot; a secret, since it holds the token.
        secret: for 加签 (钉钉) or 签名校验 (飞书), where the robot asks for it.
        egress: what may be reached.
        clock: for signatures and the rate limit.
        base_url: where people find the console, for links.
        per_minute: messages the service accepts.

    Raises:
        ConfigError: the address is not usable.
    """

    def __init__(
        self,
        name: str,
        service: Service,
        url: str,
        egress: Egress,
        clock: Clock,
        secret: str | None = None,
        base_url: str = "",
        per_minute: int = PER_MINUTE,
    ) -> None:
        check_address(name, url)
        self._name, self._service, self._url, self._secret = name, service, url, secret
        self._base_url = base_url
        self._egress, self._clock, self._pace = egress, clock, Pace(clock, per_minute)

    def send(self, delivery: Delivery) -> None:
        """Raises DeliveryRetry, also for what the robot refuses: a person can mend its settings; DeliveryRefused."""
        self._pace.wait_for_turn()
        text = text_of(delivery.alert, self._base_url)
        content = f"{text.title}\n{text.body}".encode()[:CONTENT_LIMIT].decode(errors="ignore")
        url, body = self._request(content)
        headers = {"content-type": "application/json; charset=utf-8", "user-agent": "kitchenwatch"}
        self._judge(self._egress.post(url, headers, json.dumps(body).encode(), TIMEOUT))

    def _request(self, content: str) -> tuple[str, dict[str, Any]]:
        if self._service is Service.FEISHU:
            return self._url, {"msg_type": "text", "content": {"text": content}} | self._feishu_signature()
        body = {"msgtype": "text", "text": {"content": content}}
        if self._service is Service.DINGTALK and self._secret:
            return str(httpx.URL(self._url).copy_merge_params(self._dingtalk_signature(self._secret))), body
        return self._url, body

    def _dingtalk_signature(self, secret: str) -> dict[str, str]:
        moment = str(int(self._clock.now().timestamp() * 1000))  # milliseconds
        return {"timestamp": moment, "sign": _hmac(secret, f"{moment}\n{secret}")}

    def _feishu_signature(self) -> dict[str, str]:
        if not self._secret:
            return {}
        moment = str(int(self._clock.now().timestamp()))  # seconds
        return {"timestamp": moment, "sign": _hmac(f"{moment}\n{self._secret}", "")}

    def _judge(self, reply: Reply) -> None:
        place = f"channel {self._name}: {self._service} answers"
        if reply.status != 200:
            raise DeliveryRetry(f"{place} HTTP {reply.status}", reply.retry_after)
        code, said = _answer(reply.body)
        if code != 0:
            raise DeliveryRetry(f"{place} code {code}: {said}")


def _answer(body: bytes) -> tuple[Any, str]:
    """Code and words: `errcode` and `errmsg` of 企业微信 and 钉钉, `code` and `msg` of 飞书; code 0 is success."""
    try:
        answer = json.loads(body)
    except ValueError:
        return None, "no JSON"
    if not isinstance(answer, dict):
        return None, "no object"
    code = answer.get("errcode", answer.get("code"))
    return code, str(answer.get("errmsg", answer.get("msg", "")))[:200]


def _hmac(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()
