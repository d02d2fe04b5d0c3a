"""What the console calls the values of the model: the words of the alerts, and those that no alert uses."""

from collections.abc import Mapping

from kitchenwatch.alerts.text import WORDS
from kitchenwatch.lifecycle import Act, Severity
from kitchenwatch.model import Attentiveness, CaseStatus, Doubt, EvidenceKind, Mistaken, Origin, Role
from kitchenwatch.web.language import Language

# Chinese, a space, English; a pair that an alert uses stands there, not here.
MORE: Mapping[str, str] = {
    Attentiveness.QUIET: "静候 quiet",
    Attentiveness.WATCHING: "关注 watching",
    Attentiveness.INQUIRING: "细看 inquiring",
    CaseStatus.OPEN: "待审核 to review",
    Act.FIND: "发现 found",
    Act.CONFIRM: "确认 confirm",
    Act.DISMISS: "驳回 dismiss",
    Act.REOPEN: "撤销 undo",
    Act.DISPATCH: "交办 dispatch",
    Act.RECTIFY: "整改 rectify",
    Act.CLOSE: "复核通过 pass",
    Act.RETURN: "退回整改 return",
    Act.ESCALATE: "逾期督办 escalate",
    Severity.MINOR: "轻微 minor",
    Severity.ORDINARY: "一般 ordinary",
    Severity.SERIOUS: "严重 serious",
    Origin.CAMERA: "智能抓拍 camera",
    Origin.PATROL: "网上巡查 patrol",
    Mistaken.HAIR: "头发 hair",
    Mistaken.HEADSCARF: "头巾 headscarf",
    Mistaken.VISOR: "面罩 visor",
    Mistaken.BEARD: "胡须 beard",
    Mistaken.SPOON: "勺子 spoon",
    Mistaken.STRAW: "吸管 straw",
    Mistaken.PEN: "笔 pen",
    Mistaken.HAND: "手 hand",
    Mistaken.POSTER: "海报 poster",
    EvidenceKind.SNAPSHOT: "原始截图 snapshot",
    EvidenceKind.ANNOTATED: "标注截图 annotated",
    EvidenceKind.CROP: "人员截图 person",
    EvidenceKind.CLIP: "录像 clip",
    EvidenceKind.BEST: "最清晰截图 best view",
    EvidenceKind.PHOTO: "整改照片 photo",
    EvidenceKind.PORTRAIT: "本人照片 portrait",
    Doubt.BEFORE_ORDER: "拍摄早于交办 taken before the order",
    Doubt.IN_FUTURE: "拍摄时间在未来 taken in the future",
    Doubt.NO_CAMERA: "无相机信息 no camera named",
    Doubt.EDITED: "经软件修改 edited",
    Doubt.SAME_BYTES: "曾提交过的同一文件 sent before",
    Doubt.SIMILAR: "与以往照片几乎相同 nearly the same as an earlier one",
    Doubt.SIMILAR_TO_SNAPSHOT: "与违规截图几乎相同 nearly the same as the violation's own picture",
    Role.ADMIN: "管理员 admin",
    Role.REGULATOR: "监管人员 regulator",
    Role.BUSINESS: "经营单位 business",
    Role.VIEWER: "观察员 viewer",
}


def word(value: str, language: Language) -> str:
    """A value of the model for people; an unknown one stands for itself."""
    zh, _, en = (MORE.get(value) or WORDS.get(value, value)).partition(" ")
    return zh if language is Language.ZH else en or zh
