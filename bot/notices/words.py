"""Floor 5. The words that closure notices are made of: what each one does, and where they stand in a text.

All are levelled (`text.level`). A Traditional notice reads as a Simplified one; what a converter or a paraphrasing
machine makes of the words (登出, 公家号, 住手更新) stands beside them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from itertools import product
from operator import attrgetter

from bot.values import Platform
from bot.vocabulary import Found, Vocabulary


class Does(Enum):
    """What a word that is no platform does in a notice."""

    ACCOUNT = auto()  # an account, its platform not said: 账号
    ELSEWHERE = auto()  # an account on a platform outside our list: 百家号
    STOP = auto()  # posting ends: 停止更新
    SHUT = auto()  # the account ends: 注销
    MOVE = auto()
    MERGE = auto()
    RENAME = auto()
    SPLIT = auto()
    GO = auto()  # leads the reader on: 请移步
    WEAK = auto()  # leads on only where it asks or promises: 通过
    NOTHING = auto()  # holds a word of ours that is not meant: 微信群
    COLUMN = auto()  # a part of an app or site: 栏目
    SITE = auto()  # ends the name of a site: 政务服务网
    ALIVE = auto()  # an account goes on: 正常运行
    HEARSAY = auto()  # somebody says so: 网传


# Words of change that lead on to where the account goes, and those that end it.
LEADS = (Does.MOVE, Does.MERGE, Does.RENAME, Does.SPLIT)
ENDS = (Does.STOP, Does.SHUT)
CHANGES = (*ENDS, *LEADS)

Meaning = Platform | Does
Mark = Found[Meaning]

PLATFORMS = {
    Platform.WECHAT: "微信公众平台 微信公众账号 微信公众帐号 微信公众号 微信公家号 公家号 微信订阅号 微信服务号 微信公号 公众账号 公众平台 "
    "公众帐号 公众号 公号 订阅号 服务号 微信平台 微信 官微",
    Platform.CHANNELS: "微信视频号 视频号 微信影片号 影片号 视讯号 微信视讯号",
    Platform.WEIBO: "新浪微博 微博 官博",
    Platform.DOUYIN: "抖音短视频 抖音号 抖音",
    Platform.KUAISHOU: "快手短视频 快手号 快手",
    Platform.TOUTIAO: "今日头条号 今日头条 头条号 头条",
    Platform.XIAOHONGSHU: "小红书号 小红书",
    Platform.BILIBILI: "哔哩哔哩 哔站 b站 bilibili b站号 哔哩哔哩号",
    Platform.APP: "手机客户端 移动客户端 新闻客户端 客户端 手机app 移动app app 应用程序 应用程式 手机应用 移动应用 超级移动端 移动端 手机端",
    Platform.MINIPROGRAM: "微信小程序 支付宝小程序 小程序 小程式",
    Platform.WEBSITE: "政府门户网站 官方网站 门户网站 政府网站 官网 网站 网址 网页 子站",
}
ELSEWHERE = (
    "支付宝生活号 生活号 百家号 澎湃号 学习强国号 学习强国 企鹅号 知乎 搜狐号 网易号 一点号 一点资讯 人民号 大鱼号 西瓜视频 喜马拉雅 腾讯微博 微视 "
    "央视频 强国号 新华号 脸书粉丝专页 脸书专页 脸书 粉丝专页 粉专 论坛 贴吧 美篇号 美篇 line官方账号 line官方帐号 line账号 line帐号 facebook专页 facebook粉丝专页 instagram youtube频道 喜马拉雅电台 蜻蜓fm 荔枝fm 好看视频 皮皮虾 咪咕视频 一直播"
)
ACCOUNT = "政务新媒体账号 政务新媒体帐号 新媒体账号 新媒体帐号 政务账号 本号 该号 此号 这个号 这个小号 原号 旧号 老号 账号 帐号 账户 政务新媒体 新媒体平台"

_ASKS = ("请您", "请大家", "请各位", "请市民", "请用户", "烦请", "恳请", "欢迎您", "欢迎大家")
_GOES = (
    "关注",
    "认准",
    "移步",
    "前往",
    "登录",
    "访问",
    "下载",
    "搜索",
    "使用",
    "扫码",
    "留意",
    "锁定",
    "收看",
)
_HEADS = ("停止", "终止", "中止", "不再", "住手", "不再进行", "停止一切", "停止所有", "不再继续")
_BETWEEN = ("", "信息", "内容", "日常", "对外", "继续", "进行", "提供", "账号", "信息内容", "相关信息", "相关", "政务信息", "任何信息",
            "任何", "各类信息", "新内容", "推文", "作品", "视频", "文章", "提供任何")  # fmt: skip
_TAILS = ("更新", "发布", "公布", "宣布", "释出", "推送", "推文", "发文", "发声", "维护", "登载", "刊发")
_ENDS = (
    "运营",
    "营运",
    "运作",
    "营业",
    "经营",
    "播出",
    "开放",
    "运行",
    "使用",
    "利用",
    "服务",
    "对外服务",
    "提供服务",
    "访问",
    "登录",
    "保留",
)

# What an account does that ends, said without saying so; of anything else these words say nothing here.
IDIOMS = (
    "说再见 道别 告别 作别 挥别 谢幕 落幕 画上句号 画上圆满句号 画下句号 告一段落 到此为止 停在这里 完成历史使命 完成使命 完成了使命 使命完成 光荣退休 "
    "退役 打烊 熄灯 收官 退出历史舞台 走到终点 走到了终点 走完"
)
WORDS: dict[Does, str] = {
    Does.STOP: "不再上新 停止上新 暂别 不再运维 停止运维 不再打理 不再维护更新 停更 断更 休更 停播 停刊 停发 停推 封笔 就不更新 不更新啦 不更新了 "
    + IDIOMS,
    Does.SHUT: "废止 被平台回收 被平台收回 被回收 关停 注销 登出 刊出 销号 关闭 封闭 关掉 关站 下线 下架 冻结 停用 停运 停办 撤销 弃用 闭号 闭网 闭站 撤号 弃号 退网 停站 拆除 清号 关张 停摆 不予保留 清退 退出运营 退出服务 退出运行 停服 下綫",
    Does.MOVE: "迁移至 迁移到 迁移 转移至 转移到 迁至 迁到 迁往 迁入 搬到 搬至 搬家到 搬迁至 搬迁到 切换至 "
    "切换到 平移至 转移",
    Does.MERGE: "整合并入 并入 合并到 合并至 合并入 合并为 合并成 合并进 整合为 整合成 归并为 统一为 合并后名称为 合并后的名称为 合并后统一为 归并到 归并至 归并入 整合到 整合至 整合进 整合入 归集到 归集至 纳入 划入 "
    "划转至 划转到 移交 划归 移交至 移交给 移交到 划转给 合并运行 合并运营 合并管理 合并使用 合并办理 合二为一 融入 归入 汇入 合入 融合到 融合至 融合进 收归 融为一体 并号",
    Does.RENAME: "更名为 改名为 变更为 更改为 名称调整为 改称为 改称 更名成 改名叫 更名 改名 变更名称为 更改名称为 修改名称为 更换名称为 调整名称为 变更账号名称为 名称变更成 变更名为 启用新名称 启用新名 启用新的名称 正式启用新名称 正式启用新名 正式启用新的名称 名称变为 名称更新为 名称更换为 名称改为 换名为 改叫 变身为 变身 升级为 调整为 改为 改成 改用名",
    Does.SPLIT: "拆分为 拆分成 分拆为 拆为 分设为",
    Does.GO: "请移步 移步 敬请关注 请关注 欢迎关注 继续关注 可关注 敬请留意 请锁定 请认准 敬请存眷 请存眷 存眷 欢迎移步 请前往 "
    "可前往 请登录 请登陆 可登录 可登陆 请访问 可访问 请搜索 请下载 请使用 请通过 可通过 请扫码 请进入 请查看 请转到 可看 可以看 请搜 可搜 转由 改由 "
    "改在 改到 转到 转战 移师 请到 请至 请在 请浏览 请查阅 敬请前往 敬请登录 敬请访问 请追踪 追踪 可登入 可登岸 请登入 请登岸 请透过 可透过 请改用 请改 请上 请看 请见 详见 请留意 可留意 转至 转到 转入 移至 移到 同步至 同步到 启用 新号名称 新账号名称 新公众号名称 新号为 新账号为 新公众号为 新号是 更换为 更换至 改版为 归口到 归口至 归口 集中到 集中至 汇总到 汇集到 汇集至 奔赴 相约 搬家去 搬去 挪到 转场到 转场至 正式启用新",
    Does.WEAK: "关注 通过 透过 经由过程 登录 登陆 登入 登岸 访问 浏览 搜索 下载 使用 进入 前往 查看 查询 查阅 扫描 扫码 点击 收看 统一在 统一由 统一到 统一通过 "
    "可到 可至 可在 添加 改用 移驾 打开 留意 收看 请移驾",
    Does.SITE: "政务服务网 公共服务网 信息服务网 服务网 政府网 信息网 信息公开网 公众信息网 公众网 门户网 政务网 新闻网 校园网 招商网 资讯网 旅游网 教育网 农业网 人才网",
    Does.ALIVE: "正常运行 正常运营 正常营运 继续营运 运行正常 运营正常 正常更新 更新正常 正常使用 正常发布 正常推送 继续提供服务 继续运营 继续运行 继续更新 继续使用 照常 不受影响 都不动 均不动 不作调整 不做调整 暂不调整 不作变动 "
    "名称不变 不变 恢复更新 恢复运营 恢复正常 恢复推送 重新启用 予以保留 继续保留 将保留 保留运营 暂予保留 暂时保留 暂保留 仍保留 仍将保留 均保留 都保留 全部保留 照旧保留 "
    "正式上线 正式开通 正式启用 仍在更新 仍在运行 仍在运营 仍在使用 一切正常 仍发布 仍推送 仍提供 仍更新 仍将发布 仍将推送 仍将更新 仍正常 还在更新 一如既往",
    Does.HEARSAY: "网传 网上流传 流传 网上有 网友称 有网友 网民称 有网民 传言 传闻 消息称 传出 截图称 的短信 的诈骗短信 的虚假信息 辟谣 谣言 造谣 谣传 传谣 信谣 不实 伪造 虚假 冒充 冒用 盗用 "
    "假冒 仿冒 山寨 不法分子 误传 误读 疑似",
    Does.NOTHING: "微信群 qq群 企业微信 微信支付 微信搜索 微信扫码 微信扫一扫 微信好友 网站群 网站地图 关注度 关注点 关注者 关注量 备受关注 "
    "引发关注 受到关注 关注和支持 关注与支持 关注与厚爱 关注和厚爱 支持与关注 支持和关注 关心关注 注销登记 通过率 通过审核 审核通过 使用率 "
    "使用者 店长微信 客服微信 老师微信 个人微信 管理员微信 工作人员微信 小编微信 加微信 专员微信 公众号文章 appstore 营销号",
    Does.COLUMN: "栏目 专栏 板块 版块 频道 专区 模块 专题 专页 页面 菜单 入口 窗口号",
}


def _words() -> Iterator[tuple[str, Meaning]]:
    for platform, words in PLATFORMS.items():
        yield from ((word, platform) for word in words.split())
    yield from ((word, Does.ELSEWHERE) for word in ELSEWHERE.split())
    yield from ((word, Does.ACCOUNT) for word in ACCOUNT.split())
    for does, words in WORDS.items():
        yield from ((word, does) for word in words.split())
    yield from (("".join(parts), Does.GO) for parts in product(_ASKS, _GOES))
    yield from (("".join(parts), Does.STOP) for parts in product(_HEADS, _BETWEEN, _TAILS))
    yield from (("".join(parts), Does.SHUT) for parts in product(_HEADS, _BETWEEN, _ENDS))


IDIOM_WORDS = frozenset(IDIOMS.split())
# 停止“X”头条号的更新: the account stands between.
_HALT = re.compile(
    r"停止(?=[^,。;!?\n]{0,6}[“「『《【\"@][^,。;!?\n]{2,40}(?:更新|发布|运营|运行|使用|服务|推送|维护)|"
    r"[^,。;!?\n“]{0,14}(?:公众号|账号|帐号|微博|视频号|抖音号|头条号|微信|网站|平台|app|小程序)[^,。;!?\n“]{0,6}"
    r"(?:更新|发布|运营|运行|使用|服务|推送|维护|运维))|"
    r"不会?再(?=[^,。;!?\n“]{0,6}(?:新内容|内容|更新|推送|消息|文章|作品|动态|信息|视频|推文|发布|发声|露面))|"
    r"不会有(?=[^,。;!?\n“]{0,6}(?:新内容|内容|更新|推送|消息|文章|作品|动态|信息|视频|推文|发布|发声|露面))|"
    r"再也?不(?=[^,。;!?\n“]{0,6}(?:新内容|内容|更新|推送|消息|文章|作品|动态|信息|视频|推文|发布|发声|露面))|"
    r"再无(?=[^,。;!?\n“]{0,6}(?:新内容|内容|更新|推送|消息|文章|作品|动态|信息|视频|推文|发布|发声|露面))|"
    r"不再(?=(?:通过|利用|使用|在|用|从|由|以|于|借助|依托)[^,。;!?\n]{0,30}(?:更新|发布|发声|推送|发文|提供|公布))"
)
# Where it may begin. The words of the vocabulary are told first: what they have need not be looked at again.
_HALTS = re.compile(r"停止|不会?再|不会有|再也?不|再无")
# “甲”公众号→“乙”公众号
_ARROW = re.compile(r"[→➡⇒]+|[—-]+>")
_ARROWS = "→➡⇒>"
_VOCABULARY = Vocabulary(_words())


def marks(plain: str) -> list[Mark]:
    """Return the words of a levelled text that do something, in order, never overlapping."""
    found = _VOCABULARY.find(plain)
    known = {m.start for m in found}
    places = [m.start() for m in _HALTS.finditer(plain) if m.start() not in known]
    matches = [m for at in places if (m := _HALT.match(plain, at))]
    halts: list[Mark] = [Found(m.start(), m.end(), Does.STOP) for m in matches]
    if any(c in plain for c in _ARROWS):
        halts += [Found(m.start(), m.end(), Does.GO) for m in _ARROW.finditer(plain)]
    if not halts:
        return found
    starts = [m.start for m in found]
    free = [h for h in halts if not _is_inside(h.start, found, starts)]
    return sorted([*found, *free], key=attrgetter("start"))


def _is_inside(at: int, found: Sequence[Mark], starts: Sequence[int]) -> bool:
    n = bisect_right(starts, at) - 1
    return n >= 0 and at < found[n].end
