"""Floor 5. How a verb like 停止更新 is meant: as a fact, or denied, asked, weighed, demanded, on a condition, for a while."""

from __future__ import annotations

import re

from bot.notices.page import Page
from bot.notices.sheet import Span
from bot.notices.words import Mark

# How much of the text directly before a verb turns it, and how far behind one a pause may be told.
_NEAR, _BEHIND = 14, 20
_DENIED = re.compile(
    r"(?:未|没有|没|并非|不会|不存在|无需|尚未|从未|(?<!是)不是|暂缓|暂不|不得|严禁|禁止|切勿|不应|不属于|不在|不涉及|无|不|勿|并没|绝不)"
    r"(?:要|被|有|将|予|进行|提出|提交|计划|打算|真的|真|说|谈|提|开展|完成|能|能够|及时|按时|按期|真正|彻底|实际|开展过|启动|启动过|发布|发布过|收到|接到|任何|因此|完全|擅自|随意|无故|自行)*(?:[停关注下闭][^,。“”]{1,5}[、或和及])?\Z"
)
# One of these is in every word that denies; most verbs stand behind none.
_NO = re.compile(r"[未没并不无暂严禁切勿绝尚从]")
_NEARLY = re.compile(r"(?:面临|险些|差点|几近|濒临|几乎|曾想|一度)(?:要|被)?\Z")
_ASKED = re.compile(
    r"(?:是否|是不是|会不会|有没有|要不要|能否|为何|为什么|怎么|如何|何时|什么时候)(?:已经|已|会|要|将|被)?\Z"
)
# What is still being thought over: 正在研究是否关停或并入“甲”. Here and below each alternative begins with one of the
# characters before it: most places of a text are passed over at once.
_WEIGHED = re.compile(
    r"(?=[是正尚仍还进有将考酝条征本原理])(?:是否|(?:正在|正|尚在|仍在|还在|进一步|有待|将)(?:研究|讨论|论证|商议|酝酿|评估)(?!.{0,6}决定)|(?<!经)(?<!综合)(?<!慎重)(?<!认真)(?<!反复)(?<!全面)考虑(?!到|各|实际|工作|大家|读者|[^,]{0,4}决定|后)|酝酿|条件成熟|征求.{0,12}意见|本应|原应|理应|本该|原本(?:计划|打算))"
)
# What ought to happen, or happens if; not what does.
_DUTY = re.compile(
    r"要按|应当|应(?:于|按|申请|主动|及时|依|立即|予以?|尽)|责令|(?<!已)督促|若|如果|尽快|抓紧|建议|凡是|凡|要立即|对确|坚决|及时申请|请(?:用户|市民|大家|您|你|广大|各位)|可申请|可以申请|需要时"
)
# Behind these it happens only if; that a rule asks for it makes no fact of it.
_ELSE = re.compile(r"(?:不到位|未完成|不达标|不合格|不力|不整改)[^,。;]{0,4}的|逾期|否则|如不|一旦|拒不")
# 逾期仍未整改的,一律予以注销
_CONDITION = re.compile(
    r"(?:逾期|拒不|仍未|仍不|未能|未按|超过|达不到|不符合|凡是?|确需|确有|需要|如需|如有)[^,。;“]{0,16}(?:的|者),\Z"
)
_BECAUSE = re.compile(r"根据|按照|按|依据|遵照|为|应.{0,12}要求")
_PAUSE = re.compile(
    r"(?=[暂升系停检节假维施改培比考闭装临短割恢预日时点:])(?:暂停|升级维护|系统升级|系统维护|停机|检修|(?:节|假|升级|维护|施工|改造|改版|检修|培训|比赛|考试|闭馆|装修)期间|临时|短暂|割接|(?<!不再)(?<!不)(?<!无法)恢复|预计[^,。;]{0,8}(?:解除|解封|开放|重启)|(?:日|时|点|:[0-9]{2})(?:至|到|-|—|~)[^,。;“]{0,14}(?:日|时|点|:[0-9]{2})(?!起|后))"
)
# Further on in the sentence, and before it: 停更,开学后再与大家见面; 寒假期间(1月20日—2月18日),….
_RESUMES = re.compile(
    r"(?<!不再)(?<!不)(?<!无法)(?<!不予)(?:恢复(?!原名)|重新(?:开放|开播|上线|启用|运营)|回归|复更|复播|休整)|再(?:与|和)(?:大家|您|你|各位)?(?:见面|相见|相会)|以[^,。;]{0,4}(?:全新|崭新|新的?)[^,。;]{0,2}面貌"
)
_DURING = re.compile(
    r"(?:节|假|升级|维护|施工|改造|改版|检修|培训|比赛|考试|闭馆|装修)期间(?:\([^()]{0,24}\))?,"
)
_ELSEWHERE = re.compile(r"[“「『《【@]|新号|新账号|新平台|新公众号")
_FARTHER = 60
# 停更超过3个月 is a fault that a report finds.
_FAULT = re.compile(
    r"(?:[0-9一二两三四五六七八九十半]+|数|几)(?:天|日|周|个?星期)(?!后|内|年|前|起)|已达|已超|已有|超过|超|达|长达|已久|多日|现象|问题|近|\d{1,3}(?:天|个月|周)|(?:[一二两三四五六七八九十半]+|数|好几|多)(?:年|个月|周|天)(?:多|之久|有余)?的"
)
# “甲”微博长期停更,单位被约谈: found fault with.
_LAPSE = ("停更", "断更", "停止更新")
_MENDED = re.compile(r"限期整改|责令整改|立即整改|尽快(?:恢复|更新)")
_LAPSED = re.compile(r"(?:长期|长时间|疑似|擅自|无故)\Z")
# An account that was stolen is frozen until it is found again.
_STOLEN = re.compile(r"被盗|盗号|找回|申诉|解冻|挂失")
# 被下架 befalls an app that breaks rules; who closes one says 下架.
_TAKEN = re.compile(r"被(?:平台|依法|应用商店|强制)?\Z")


def denied(page: Page, mark: Mark, start: int) -> bool:
    """Tell whether a verb is denied in a sentence that starts at a place: 并未关停."""
    before = _before(page, mark, start)
    return _NO.search(before) is not None and _DENIED.search(before) is not None


def is_told(page: Page, mark: Mark, start: int) -> bool:
    """Tell whether a verb is told of, and neither asked nor still being thought over."""
    return _is_told(page, mark, _before(page, mark, start), page.last(",:", start, mark.start))


def _is_told(page: Page, mark: Mark, before: str, clause: int) -> bool:
    """Tell the same by what stands directly before a verb, and where its clause starts."""
    if _ASKED.search(before) or _NEARLY.search(before):
        return False
    return _WEIGHED.search(page.plain, clause, mark.start) is None


def is_fact(page: Page, mark: Mark, stretch: Span, clause: int) -> bool:
    """Tell whether a verb of ending is said as a fact of a sentence: no duty, no condition, no pause, no fault found.

    Args:
        page: the text.
        mark: the verb.
        stretch: the sentence.
        clause: where the verb's clause starts, behind the last comma or colon.
    """
    start, end = stretch
    before = _before(page, mark, start)
    if not _is_told(page, mark, before, clause):
        return False
    if page.plain.startswith(_LAPSE, mark.start) and (
        _LAPSED.search(before) or _MENDED.search(page.plain, mark.end, end)
    ):
        return False
    if page.plain.startswith("冻结", mark.start) and _STOLEN.search(page.plain, start, end):
        return False
    if page.plain.startswith("下架", mark.start) and _TAKEN.search(before):
        return False
    if pauses(page, mark, stretch) or _FAULT.match(page.plain, mark.end):
        return False
    if clause > start and _CONDITION.search(page.plain[page.last(",:", start, clause - 1) : clause]):
        return False
    said = page.plain[clause : mark.start]
    if _ELSE.search(said):
        return False
    return not _DUTY.search(said) or _BECAUSE.search(said) is not None


def pauses(page: Page, mark: Mark, stretch: Span) -> bool:
    """Tell whether a verb of ending in a sentence is only for a while: its clause says so, or it is to be taken up again."""
    start, end = stretch
    clause = page.last(",", start, mark.start)  # 22:00 has a colon too
    if _PAUSE.search(page.plain, clause, min(end, mark.end + _BEHIND)) or _DURING.search(
        page.plain, start, mark.start
    ):
        return True
    resumes = _RESUMES.search(page.plain, mark.end, min(end, mark.end + _FARTHER))
    return resumes is not None and _ELSEWHERE.search(page.plain, mark.end, resumes.end()) is None


def _before(page: Page, mark: Mark, start: int) -> str:
    return page.plain[max(start, mark.start - _NEAR) : mark.start]
