"""What an alert says to a person: a title and a few lines, Chinese first, for chat and mail channels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from kitchenwatch.model import Alert, AlertType, CameraState, CaseStatus, Kind, VerdictReason

HEADINGS: Mapping[AlertType, str] = {
    AlertType.CASE_OPENED: "发现违规 Violation",
    AlertType.CASE_CLIP: "录像已存证 Clip secured",
    AlertType.CASE_CLOSED: "违规行为结束 Violation ended",
    AlertType.CASE_VERDICT: "审核结果 Verdict",
    AlertType.CASE_DISPATCHED: "责令整改 Rectification ordered",
    AlertType.CASE_RECTIFIED: "已提交整改 Rectification answered",
    AlertType.CASE_RECHECKED: "复核结果 Recheck",
    AlertType.CASE_OVERDUE: "整改逾期 Rectification overdue",
    AlertType.CAMERA_HEALTH: "摄像头状态 Camera",
    AlertType.STORAGE_PRESSURE: "存储空间告急 Storage running low",
    AlertType.DIGEST: "汇总 Digest",
    AlertType.TEST: "测试消息 Test message",
}
# Every value here is a word of the model; `_word` finds it by its own text, as that is what the data holds.
WORDS: Mapping[str, str] = {
    Kind.NO_HAT: "未戴工作帽 no hat",
    Kind.NO_MASK: "未戴口罩 no mask",
    Kind.SMOKING: "吸烟 smoking",
    Kind.PHONE_USE: "使用手机 phone use",
    Kind.OTHER: "其他问题 other",
    CameraState.ONLINE: "在线 online",
    CameraState.OFFLINE: "离线 offline",
    CameraState.FROZEN: "画面冻结 frozen",
    CameraState.BLACK: "黑屏 black",
    CameraState.COVERED: "被遮挡 covered",
    CameraState.BLURRED: "画面模糊 blurred",
    CameraState.MOVED: "被移动 moved",
    CaseStatus.CONFIRMED: "确认违规 confirmed",
    CaseStatus.DISPATCHED: "待整改 to be rectified",
    CaseStatus.RECTIFIED: "待复核 to be rechecked",
    CaseStatus.CLOSED: "已办结 closed",
    CaseStatus.DISMISSED: "不予认定 dismissed",
    VerdictReason.VIOLATION: "违规属实 violation",
    VerdictReason.FALSE_ALARM: "误报 false alarm",
    VerdictReason.ALLOWED: "情形允许 allowed",
    VerdictReason.DUPLICATE: "重复 duplicate",
    VerdictReason.UNCLEAR: "无法判断 unclear",
}
WORDS_SHOWN = 200  # characters of a remark
PLACES_SHOWN = 10  # lines of a digest: a chat message is read at a glance


@dataclass(frozen=True, slots=True)
class Text:
    """A message for people."""

    title: str
    body: str


def text_of(alert: Alert, base_url: str = "") -> Text:
    """The alert for people; times are in the site's zone (`timezone` in its data, else UTC).

    Args:
        base_url: where the console is found by people, such as `https://kitchen.example`; links need it.
    """
    place = _place(alert.data, alert.site, alert.camera)
    what = _word(alert.kind) if alert.kind else ""
    title = " · ".join(part for part in (f"【{HEADINGS[alert.type]}】{what}".rstrip(), place) if part)
    lines = [place, _moment(alert), *_details(alert), *_digest(alert.data), _link(alert.data, base_url)]
    return Text(title, "\n".join(line for line in lines if line))


def _details(alert: Alert) -> list[str]:
    shown: list[tuple[str, str, Callable[[Any], str]]] = [
        ("类型 Kind", "kind", _word),
        ("状态 State", "state", _word),
        ("", "began", lambda began: "开始 began" if began else "恢复 ended"),
        ("审核 Status", "status", _word),
        ("理由 Reason", "reason", _word),
        ("要求 Asked", "asked", _short),
        ("期限 Deadline", "deadline_local", _minute),
        ("备注 Remark", "remark", _short),
        ("说明 Detail", "detail", _short),
        ("可信度 Score", "score", lambda score: f"{score:.0%}"),
        ("数量 Count", "count", str),
    ]
    told = {"kind": alert.kind} | alert.data
    return [
        f"{label}: {form(told[key])}" if label else form(told[key])
        for label, key, form in shown
        if told.get(key) not in (None, "")
    ]


def _digest(data: Mapping[str, Any]) -> list[str]:
    rows = data.get("places", [])[:PLACES_SHOWN]
    lines = [f"{_spot(row)}: {_word(row['kind'])} × {row['count']}" for row in rows]
    more = data.get("count", 0) - sum(row["count"] for row in rows)
    return lines + ([f"另有 {more} 起 and {more} more"] if rows and more > 0 else [])


def _spot(row: Mapping[str, Any]) -> str:
    names = (row.get("site_name") or row["site"], row.get("camera_name") or row["camera"])
    return " · ".join(names)


def _place(data: Mapping[str, Any], site: str | None, camera: str | None) -> str:
    names = (data.get("site", {}).get("name", site), data.get("camera", {}).get("name", camera))
    return " · ".join(name for name in names if name)


def _moment(alert: Alert) -> str:
    zone = _zone(alert.data)
    return f"时间 Time: {alert.at.astimezone(zone):%Y-%m-%d %H:%M:%S} ({zone})"


def _link(data: Mapping[str, Any], base_url: str) -> str:
    return f"链接 Link: {urljoin(base_url, data['url'])}" if base_url and data.get("url") else ""


def _word(value: str) -> str:
    return WORDS.get(value, value)


def _short(text: str) -> str:
    return text if len(text) <= WORDS_SHOWN else text[:WORDS_SHOWN] + "…"


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")


def _zone(data: Mapping[str, Any]) -> tzinfo:
    try:
        return ZoneInfo(str(data["timezone"]))
    except (KeyError, ValueError):  # absent, or no such zone: a message in UTC is better than none
        return UTC
