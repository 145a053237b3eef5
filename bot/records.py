"""Floor 1. What is known, as frozen values: places, units, their accounts, where those lead, and who says so.

The sentence in a field's annotation is what an editor shows a maintainer (`knowledge/schema.json` is made from it),
so it is Chinese. What the fields may say is in `bot/values.py`. The module never reads or writes a file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from bot.values import Basis, ContactBasis, ContactKind, Covers, Notice, Platform, Reason, State, When


@dataclass(frozen=True, slots=True)
class Source:
    """Who says so, and when. An address that may not be shown to people stands in `mirror`."""

    publisher: Annotated[str, "发布者,如:新京报、南京市人民政府办公室"]
    date: Annotated[When | None, "来源自己的日期,写到年、月或日"] = None
    url: Annotated[str | None, "可以给居民看的网址;镜像、转载页不要写在这里"] = None
    mirror: Annotated[str | None, "镜像或转载页的网址,只供维护者追查,永远不给居民看"] = None
    reprint: Annotated[bool, "我们读到的是转载,不是原件"] = False


@dataclass(frozen=True, slots=True)
class Contact:
    """A place, number or address where somebody answers."""

    kind: Annotated[ContactKind, "种类:地址、电话、热线、网站、App、小程序"]
    value: Annotated[str, "号码、地址或网址本身"]
    basis: Annotated[ContactBasis, "依据:公告、官方、媒体、网友整理、常识"]
    name: Annotated[str | None, "叫什么,如:政务服务便民热线"] = None
    id: Annotated[str | None, "编号;只有全国和地方入口需要"] = None
    place: Annotated[str | None, "管哪个地方(区划代码);不写就是全国"] = None
    topics: Annotated[tuple[str, ...], "管哪些事(knowledge/topics.yaml 的编号);* 是什么都管"] = ()
    scope: Annotated[str | None, "管什么,一句话"] = None
    hours: Annotated[str | None, "什么时候有人"] = None
    partial: Annotated[bool, "只有部分城市开通"] = False
    merged_into: Annotated[str | None, "这个号码已停用或并走:写现在该打哪个"] = None
    sources: Annotated[tuple[Source, ...], "来源"] = ()
    note: Annotated[str | None, "给维护者看的备注"] = None


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an account's information or services went, on somebody's word.

    Exactly one of `account`, `unit` and `name` says what it is; `name` is for what stands outside our records.
    """

    basis: Annotated[Basis, "依据:公告写明、官方名单、工作人员说、媒体报道、地方规定、推断、居民反映"]
    account: Annotated[str | None, "去向是本库里的账号:写它的编号"] = None
    unit: Annotated[str | None, "去向是一个单位而不是账号:写单位的编号"] = None
    name: Annotated[str | None, "去向不在本库里:写公告或报道里的叫法"] = None
    platform: Annotated[Platform | None, "不在本库里的去向在哪个平台;没说就不写"] = None
    path: Annotated[tuple[str, ...], "App 或网站里面的路径,如:[政务号, 振兴街街道]"] = ()
    scope: Annotated[str | None, "接过去的是什么:all(全部)、information(信息)、services(办事),或原话"] = None
    url: Annotated[str | None, "可以给居民看的网址"] = None
    seen: Annotated[When | None, "不在本库里的去向最后一次见到在用的日期"] = None
    ends_here: Annotated[bool, "这个去向自己也停了,查过,确实没有下一个去向"] = False


@dataclass(frozen=True, slots=True)
class Differing:
    """What another source says of the same thing. Both are shown: which one is right is not ours to decide."""

    what: Annotated[str, "说的是哪一项,如:公告日期、地址、主办单位"]
    says: Annotated[str, "它怎么说"]
    source: Annotated[Source, "谁说的"]


@dataclass(frozen=True, slots=True)
class Account:
    """One account on one platform, and what became of it."""

    id: Annotated[str, "编号,小写字母、数字和连字符,最多 32 个;定了就不能改"]
    state: Annotated[State, "现状:在用、已公告停更、已关停、已合并、已改名 ……"]
    checked: Annotated[When, "最后一次有人核对的日期;从文章录入的写文章的日期"]
    sources: Annotated[tuple[Source, ...], "来源,至少一个"]
    name: Annotated[str | None, "账号名;报道只写了单位就不写"] = None
    platform: Annotated[Platform | None, "平台;报道没说就不写"] = None
    platform_id: Annotated[str | None, "微信号、原始ID、抖音号等"] = None
    aliases: Annotated[tuple[str, ...], "大家还会怎么叫它"] = ()
    reason: Annotated[Reason | None, "为什么停:机构改革、基层减负、整合、长期不更新、其他"] = None
    announced: Annotated[When | None, "公告的日期"] = None
    stopped: Annotated[When | None, "停更或关停的日期"] = None
    last_post: Annotated[When | None, "最后一次更新的日期(长期不更新的账号)"] = None
    seen: Annotated[When | None, "最后一次见到它在用的日期"] = None
    notice: Annotated[Notice | None, "公告怎么写去向:写明、含糊、没写、没见到公告"] = None
    destinations: Annotated[tuple[Destination, ...], "去向"] = ()
    contacts: Annotated[tuple[Contact, ...], "公告里给的地址、电话"] = ()
    differs: Annotated[tuple[Differing, ...], "来源之间说法不一的地方"] = ()
    remark: Annotated[str | None, "要让居民知道的一句话,必须有来源"] = None
    note: Annotated[str | None, "给维护者看的备注"] = None
    unit: str = field(default="", metadata={"derived": True})


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation at a place, with all its accounts. Its name may be unknown: reports often give none."""

    accounts: Annotated[tuple[Account, ...], "它的账号"] = ()
    id: Annotated[str | None, "编号;有别的账号把它当去向时才需要"] = None
    name: Annotated[str | None, "单位全称;报道没写就不写,不要猜"] = None
    aliases: Annotated[tuple[str, ...], "简称、原名"] = ()
    town: Annotated[str | None, "乡镇或街道"] = None
    topics: Annotated[tuple[str, ...], "管哪些事(knowledge/topics.yaml 的编号)"] = ()
    note: Annotated[str | None, "给维护者看的备注"] = None
    key: str = field(default="", metadata={"derived": True})
    place: str = field(default="", metadata={"derived": True})


@dataclass(frozen=True, slots=True)
class PlaceFile:
    """One file of `knowledge/accounts/`: a place and the units there."""

    place: Annotated[str, "这个文件讲哪个地方:六位区划代码,要加引号"]
    units: Annotated[tuple[Unit, ...], "这里的单位,每个单位下面列它的账号"]


@dataclass(frozen=True, slots=True)
class Place:
    """A division of the country, or a zone without a code of its own."""

    code: Annotated[str, "六位区划代码;功能区写字母编号"]
    name: Annotated[str, "全称"]
    short: Annotated[str | None, "简称:张家港市 → 张家港"] = None
    parent: Annotated[str | None, "上级代码;六位代码不用写"] = None
    former: Annotated[tuple[str, ...], "曾用名"] = ()
    area_code: Annotated[str | None, "长途区号"] = None
    towns: Annotated[tuple[str, ...], "需要认得的乡镇、街道"] = ()

    @property
    def above(self) -> str | None:
        """The code of the division above, `None` for the country and its provinces."""
        if self.parent or not self.code.isdigit():
            return self.parent
        if self.code.endswith("0000"):
            return None
        return self.code[:2] + "0000" if self.code.endswith("00") else self.code[:4] + "00"


@dataclass(frozen=True, slots=True)
class Topic:
    """Something people need, in their words."""

    id: Annotated[str, "编号,最多 8 个字符"]
    name: Annotated[str, "叫什么"]
    words: Annotated[tuple[str, ...], "居民会怎么说"] = ()
    hints: Annotated[tuple[str, ...], "账号名或单位名里出现就说明是这类事"] = ()
    agencies: Annotated[tuple[str, ...], "归哪些部门管"] = ()
    first: Annotated[bool, "不知道问什么时放在最前面的几个"] = False
    urgent: Annotated[str | None, "有危险时先打的号码"] = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What a place decided for a whole class of accounts: it leads accounts that no list names."""

    id: Annotated[str, "编号"]
    place: Annotated[str, "哪个地方的规定:区划代码"]
    covers: Annotated[
        tuple[Covers, ...],
        "管哪些单位:部门、乡镇街道、村和社区、学校和幼儿园、公安、政务App、政府网站、所有单位",
    ]
    since: Annotated[When, "从什么时候起"]
    says: Annotated[str, "规定怎么说,用自己的话写一句"]
    sources: Annotated[tuple[Source, ...], "来源"]
    destinations: Annotated[tuple[Destination, ...], "这类账号转到哪里;规定没说就不写"] = ()
    level: Annotated[str | None, "只管哪一级:county(县级)、town(乡镇);不写就都管"] = None
    note: Annotated[str | None, "给维护者看的备注"] = None


@dataclass(frozen=True, slots=True)
class Advice:
    """How to tell an official account or stay safe, in one sentence a person can act on."""

    id: Annotated[str, "编号"]
    zh_hans: Annotated[str, "简体怎么说"]
    zh_hant: Annotated[str, "繁体怎么说"]
    en: Annotated[str, "英文怎么说"]
    basis: Annotated[ContactBasis, "依据:官方、媒体、网友整理、常识"]
    platforms: Annotated[tuple[Platform, ...], "只对哪些平台说;不写就都说"] = ()
    when: Annotated[tuple[State, ...], "警告哪种账号时说"] = ()
    sources: Annotated[tuple[Source, ...], "来源"] = ()
    note: Annotated[str | None, "给维护者看的备注"] = None


@dataclass(frozen=True, slots=True)
class PlatformInfo:
    """What people call a platform, and how they find an account there."""

    id: Annotated[Platform, "平台"]
    words: Annotated[tuple[str, ...], "大家怎么叫它,长的写前面"]
    find: Annotated[tuple[str, ...], "怎么一步步找到账号"] = ()
    id_called: Annotated[str | None, "账号编号叫什么,如:微信号"] = None
    id_looks: Annotated[str | None, "编号长什么样,如:gh_ 开头的原始 ID"] = None
    hosts: Annotated[tuple[str, ...], "链接的域名,如:weibo.com"] = ()
    sources: Annotated[tuple[Source, ...], "来源"] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """An account's id that was changed: old buttons, links and QR codes still lead to the account."""

    id: Annotated[str, "原来的编号"]
    moved_to: Annotated[str | None, "现在的编号;录错了、整条撤掉的不写"] = None


@dataclass(frozen=True, slots=True)
class Agency:
    """One kind of organisation, under all the words people use for it."""

    id: Annotated[str, "编号"]
    words: Annotated[tuple[str, ...], "同一类单位的各种叫法,如:[交警, 交通警察, 交管]"]
    near: Annotated[tuple[str, ...], "大家会混着叫的另一类单位(编号),问到时拿来确认"] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """How a place's name is read where it differs from how its characters usually are: 六安 is Lu'an."""

    word: Annotated[str, "词,如:六安"]
    pinyin: Annotated[tuple[str, ...], "每个字一个音节,不带声调,如:[lu, an]"]


@dataclass(frozen=True, slots=True)
class Talk:
    """What people say around an account's name: what else runs on from a name is another name."""

    before: Annotated[tuple[str, ...], "名字前面常说的话,如:[请问, 我关注的]"] = ()
    after: Annotated[tuple[str, ...], "名字后面常说的话,如:[怎么, 停更]"] = ()
    besides: Annotated[tuple[str, ...], "不紧挨着名字、问话里常说的话,如:[东西, 文章]"] = ()


@dataclass(frozen=True, slots=True)
class Lookalikes:
    """Characters that people mistake for one another because they look alike: 桓 and 恒."""

    characters: Annotated[str, "互相像的字,连着写,如:桓恒"]
