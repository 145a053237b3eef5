"""Floor 5. Whether a verb like 停止更新 says of an account that it ends, and whether that is done or planned."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.notices import mood
from bot.notices.change import Change
from bot.notices.mention import Mention
from bot.notices.page import FARTHEST, Ordered, Page
from bot.notices.sheet import Span
from bot.notices.subjects import Subjects
from bot.notices.timing import Timing
from bot.notices.words import ENDS, IDIOM_WORDS, Does, Mark

# How many of the dates and verbs before one are looked at.
_FEW = 12
# How much of the text before a verb says whether it is done or planned.
_FAR = 40
_COLUMN = re.compile(
    r"(?![、,])[“「《【]?[^,。;”」》】]{0,12}[”」》】]?(?:栏目|专栏|板块|频道|评论|留言|功能)"
)
# 关闭“甲”公众号评论区: a part of the account.
# 关闭弹窗广告、扫码下载“甲”App
_ANOTHER_OBJECT = re.compile(r"、|下载|扫码|点击|登录|关注|移步")
# 新版“甲”App上线,旧版停止使用
_OLD_ONE = re.compile(
    r"(?:旧版|老版|旧版本|原版本|该功能|此功能|上述功能|该活动|线下活动)(?![^,。]{0,6}(?:[“「『《【@]|公众号|账号|微博|客户端|app|网站))"
)
# 原管理员的权限已注销
_OF_ELSE = re.compile(
    r"(?:权限|资格|身份|印章|公章|商标|证书|许可证|会员卡|二维码|手机号|管理员|头像|标识|标志|封面|[0-9]路|线路|号线|班次|航线)(?:已|将|均|也|现|被|予以|同时|同步)*\Z"
)
_NEAR = 12
# 停止发布同类信息
_SOME_KIND = re.compile(
    r"(?:同类|此类|这类|该类|上述|错误|违规|不实|虚假|不良|广告|商业)[^,。;]{0,8}(?:信息|内容|广告|推文|作品)"
)
_FAKE = re.compile(r"(?:冒名|冒用|仿冒|假冒|虚假|违规|违法)")
# “甲”公众号缴费窗口关闭
_OWN_PART = re.compile(
    r"的?[“「『《][^”」』》]{2,12}[”」』》](?:功能|服务|栏目|板块|模块|入口|专区|专栏)|(?!的?(?:全部|所有|各项|一切|相关|粉丝))的?[\u4e00-\u9fff、和]{0,12}?(?:功能|窗口|入口|通道|评论区|直播间|用户中心|商城|邮箱|信箱|热线|电话|粉丝群|菜单|链接)"
)
_PART = re.compile(r"的?(?:评论|留言|私信|跟帖|弹幕|打赏|群聊|粉丝群|直播|商城|商店)")
# What may stand directly behind 注销 where it is the account that ends, and not something else.
_OBJECT_FREE = re.compile(
    r"但|而|[,。;:!?\n\t()、~咯啦喽哦”’」』】》“‘「『《【\"'@#]|\Z|注销|关停|关闭|下线|下架|冻结|停用|程序|手续|流程|工作|处理|申请|并|且|及|和|与|或|的|后|前|时|中|"
    r"期|日期|时间|方式|公告|公示|通知|说明|启事|告示|声明|名单|一览|清单|事宜|事项|情况|安排|计划|域名|备案|了|至|到|于|在|自|从|则|即|将|由|其|该|本|此|我|原|以下|下列|"
    r"上述|所有|全部|一批|部分|多个|两个|[0-9一二三四五六七八九十]{1,4}(?:个|家|款)|政务新媒体|新媒体|账号|帐号|运营|服务|使用|更新|处置|完毕|成功|"
    r"完成|以后|之后|之日|起|为|也|因|请|敬请|各|官方|旗下|维护|相关|有关|感谢|特此|再见"
)
_PAST = re.compile(r"已|先后|\A继(?!续)")
_ALREADY = re.compile(r"已(?:将|把|对|注销|关停|关闭)|均已")
_NOT_PAST = re.compile(r"已(?:经)?(?:研究|.{0,12}同意|.{0,8}批准|申请|启动|进入|提交|报|决定|正式启动|通过)")
_BEGUN = re.compile(r"(?:申请|启动|提交|办理|进入|履行)(?:账号|关停)?\Z")
_PROCESS = re.compile(r"(?:程序|流程|手续|申请|工作|中|期|阶段|公示期)")
# Something else is named before the verb, or it is of the account's own doings that it is said.
_ANOTHER = re.compile(r"[“「『《]|\A的")
# 据了解,已有多家单位关停微博: many bodies' accounts.
_MANY = re.compile(
    r"(?:多|数|几十|上百|不少|一些|许多|各)(?:家|地|个)?(?:单位|部门|城市|地方|政务|账号|机构)|多地|各地"
)
_PLANNED = re.compile(r"拟|计划|将|准备|预计")


class Changes:
    """Reads the verbs of a text."""

    def __init__(self, page: Page, marks: Ordered[Mark], mentions: Ordered[Mention], reports: bool) -> None:
        """Take a page with its accounts and those of its words that stand in no name.

        `reports` says that it tells of notices, and of the days they were made known.
        """
        self.page = page
        self.plain = page.plain
        self.marks = marks
        self.mentions = mentions
        self.about = Subjects(page, marks, mentions)
        self.timing = Timing(page, reports)

    def happens(
        self, mark: Mark, does: Does, subjects: Sequence[Mention], free: Sequence[Mention], stretch: Span
    ) -> bool:
        """Tell whether a verb says of an account that it ends; not of a stove, a column, a duty or a pause."""
        start, _ = stretch
        ahead = [m.end for m in subjects[-1:] if m.end < mark.start]
        if ahead and _OWN_PART.match(self.plain, ahead[0], mark.start):
            return False
        if does not in ENDS:
            return mood.is_told(self.page, mark, start)
        if self.plain[mark.start : mark.end] in IDIOM_WORDS and not self._of_known(mark, subjects):
            return False
        if does is Does.SHUT and not self._is_of_account(mark, subjects):
            return False
        clause = self.page.last(",:", start, mark.start)
        if _OLD_ONE.match(self.plain, clause, mark.start) or _OF_ELSE.search(
            self.plain[max(start, mark.start - _NEAR) : mark.start]
        ):
            return False
        if does is Does.STOP and _SOME_KIND.match(self.plain, mark.end):
            return False
        return mood.is_fact(self.page, mark, stretch, clause) and not self._of_column(
            mark, subjects, free, start
        )

    def change(
        self, mark: Mark, does: Does, subjects: Sequence[Mention], before: Sequence[Change], start: int
    ) -> Change:
        """Return what a verb does, with its dates; `before` are the changes of the same sentence so far."""
        told = [m for m in subjects if not m.other and self.about.believed(m, mark, does)]
        change = Change((mark.start, mark.end), does, told)
        clause = self.page.last(",:", start, mark.start)
        change.others = (
            not any(m.name or m.unit for m in told)
            and _MANY.search(self.plain, clause, mark.start) is not None
        )
        self.timing.date(change, before, start)
        self._tensed(change, start, clause)
        return change

    def _is_of_account(self, mark: Mark, subjects: Sequence[Mention]) -> bool:
        """Tell whether it is an account that ends: one is its object, or it has none."""
        if _FAKE.match(self.plain, mark.end):
            return False
        if any(m.start >= mark.end for m in subjects):
            return True
        near = self.mentions.first(mark.end, mark.end + 11)
        if near and not _ANOTHER_OBJECT.search(self.plain, mark.end, near.start):
            return True
        return _OBJECT_FREE.match(self.plain, mark.end) is not None

    def _of_column(
        self, mark: Mark, subjects: Sequence[Mention], free: Sequence[Mention], start: int
    ) -> bool:
        """Tell whether it is a column of an account that ends: the nearest thing before or behind the verb is one."""
        low = max(
            [
                start,
                mark.start - FARTHEST,
                *[m.end for m in free[-_FEW:] if not m.weak and m.end <= mark.start],
            ]
        )
        if Does.COLUMN in [m.meaning for m in self.marks.between(low, mark.start)]:
            return True
        behind = [m.end for m in subjects[-1:] if m.start >= mark.end]
        if behind and _PART.match(self.plain, behind[0]):
            return True
        return _COLUMN.match(self.plain, mark.end, mark.end + 24) is not None

    def _of_known(self, mark: Mark, subjects: Sequence[Mention]) -> bool:
        """Tell whether it is said of an account that more than quotes tell, and of nothing named since."""
        return any(
            (not m.weak or self.plain[m.start] == "@")
            and not _ANOTHER.search(self.plain[min(m.end, mark.start) : mark.start])
            for m in subjects
        )

    def _tensed(self, change: Change, start: int, clause: int) -> None:
        at, end = change.at
        low = max([start, at - _FAR, *[m.end for m in change.subjects[-_FEW:] if m.end <= at]])
        said = self.plain[self.page.last(",;", low, at) : at]
        begun = _PROCESS.match(self.plain, end) or _BEGUN.search(self.plain[max(start, at - 6) : at])
        bare = _NOT_PAST.sub("", said) if "已" in said else said
        done = _PAST.search(bare) or _ALREADY.search(self.plain, clause, at)
        change.past = bool(done and (not begun or "完成" in said)) or self.plain.startswith(
            ("完毕", "完成"), end
        )
        change.planned = (begun is not None and not change.past) or _PLANNED.search(
            self.plain, max(start, at - _FAR), at
        ) is not None
