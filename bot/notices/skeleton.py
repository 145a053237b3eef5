"""Floor 5. What each sentence of a notice does: which accounts it closes, when, and which words lead the reader on."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.notices import quotes, units
from bot.notices.dates import Day
from bot.notices.mentions import Mention
from bot.notices.sheet import COLUMN, Span
from bot.notices.words import Does, Mark

_ENDS = re.compile(r"[。!?\n;]")
_CHANGES = (Does.STOP, Does.SHUT, Does.MOVE, Does.MERGE, Does.RENAME, Does.SPLIT)
_LEADS = (Does.MOVE, Does.MERGE, Does.RENAME, Does.SPLIT)


@dataclass(slots=True)
class Zone:
    """A stretch that tells the reader where to go.

    Attributes:
        start: where the words that lead on start; what it is about stands before.
        begin: where the destinations may start.
        end: where it ends.
        lead: the words' meaning.
        owners: the mentions of the accounts it speaks for; empty for those spoken of before.
        since: where the words about its subject may start.
    """

    start: int
    begin: int
    end: int
    lead: Does
    owners: list[Mention] = field(default_factory=list)
    since: int = 0
    mentions: list[Mention] = field(default_factory=list)


@dataclass(slots=True)
class Change:
    """What a word like 停止更新 does to accounts.

    Attributes:
        at: where the word stands.
        does: what it does.
        subjects: the accounts, as they are spoken of; empty for those spoken of before.
        day: when, `None` where it is not said.
        told: when that was announced, in a report of it.
        past: whether it is done.
        planned: whether it is only planned.
    """

    at: Span
    does: Does
    subjects: list[Mention]
    day: Day | None = None
    told: Day | None = None
    past: bool = False
    planned: bool = False


@dataclass(slots=True)
class Sentence:
    """A sentence, or a part of one that ends with a semicolon, and what it does, in order."""

    start: int
    end: int
    changes: list[Change] = field(default_factory=list)
    zones: list[Zone] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    alive: list[Mention] = field(default_factory=list)
    alive_own: bool = False
    hearsay: bool = False
    asked: bool = False
    heading: bool = False
    opens: bool = False  # the first of a paragraph
    number: str = ""  # of an item in a list: 一, 2


# A rumour is told of, not told.
_HEARSAY = re.compile(
    r"网传|网上流传|流传|网上有|网友称|有网友|网民称|有网民|传言|传闻|消息称|传出|截图称|谣|不实|伪造|虚假|冒充|假冒|仿冒|不法分子|误传|误读|疑似"
)
_DENIED = re.compile(r"(?:未|没有|没|并非|不会|不存在|无需|尚未|从未|不是|无|不|勿|并没|绝不)(?:要|被|有|将|予|进行|提出|提交|计划|打算|任何|因此|完全)?\Z")
_ASKED = re.compile(r"(?:是否|会不会|有没有|要不要|能否|为何|为什么|怎么|如何|何时|什么时候)(?:已|已经|会|要|将|被)?\Z")
_ALIVE = re.compile(
    r"正常运行|正常运营|运行正常|运营正常|正常更新|更新正常|正常使用|正常发布|正常推送|继续提供服务|继续运营|继续运行|继续更新|继续使用|照常|"
    r"不受影响|名称不变|恢复更新|恢复运营|恢复正常|恢复推送|重新启用|予以保留|继续保留|将保留|保留运营|正式上线|正式开通|正式启用|仍在更新|仍正常|还在更新"
)
_DUTY = re.compile(r"要按|应当|应于|应按|责令|督促|逾期|否则|如不|若|如果|一旦|尽快|抓紧|建议|拒不|凡是|凡|要立即|对确|坚决|及时申请|可申请|可以申请|需要时")
_DUTY_SAFE = re.compile(r"根据|按照|按|依据|遵照|为|应.{0,12}要求")
_PAUSE = re.compile(r"暂停|升级维护|系统升级|系统维护|停机|检修|期间|临时|短暂|割接|恢复")
_PAST = re.compile(r"已|先后")
_NOT_PAST = re.compile(r"已(?:经)?(?:研究|.{0,12}同意|.{0,8}批准|申请|启动|进入|提交|报|决定|正式启动|通过)")
_ALREADY = re.compile(r"已(?:将|把|对|注销|关停|关闭)|均已")
_PLANNED = re.compile(r"拟|计划|将|准备|即将|预计")
_PROCESS = re.compile(r"(?:程序|流程|手续|申请|工作|中|期|阶段|公示期)")
_BEGUN = re.compile(r"(?:申请|启动|提交|办理|进入|履行)(?:账号|关停)?\Z")
# 关停政务新媒体27个,包括…; 注销4个(…)
_COUNT = re.compile(r"[^。;“]{0,24}?[0-9一二两三四五六七八九十]+(?:余)?个[^。;“]{0,12}?(?:包括|分别(?:是|为)|即|含|为|有|:|\()")
# What may stand directly behind 注销 where it is the account that ends, and not something else.
_OBJECT_FREE = re.compile(
    r"[,。;:!?\n\t()、”’」』】》“‘「『《【\"'@#]|\Z|注销|关停|关闭|下线|下架|冻结|停用|程序|手续|流程|工作|处理|申请|并|且|及|和|与|或|的|后|前|时|中|期|"
    r"公告|公示|通知|说明|启事|告示|声明|名单|事宜|事项|情况|安排|计划|域名|备案|了|至|到|于|在|自|从|则|即|将|由|其|该|本|此|我|原|以下|下列|上述|"
    r"所有|全部|一批|部分|多个|两个|[0-9一二三四五六七八九十]{1,4}(?:个|家|款)|政务新媒体|新媒体|账号|帐号|运营|服务|使用|更新|期间|,|处置|完毕|"
    r"成功|完成|以后|之后|之日|起|为|也|因|请|敬请|各|官方|旗下|维护|相关|有关|感谢|特此|再见"
)
# 停更时间:5月1日, 停止“X”头条号的更新工作,时间从5月1日开始
_WHEN = re.compile(r"[^。;!?\n]{0,30}?(?:日期|时间)(?:为|是|:|定于|定为|从|自|于)?")
# 停更后, 注销前: what then happens, not when that is.
_ONCE = re.compile(r"(?:注销|关停)?(?:后|之后|以后|前|之前|期间)")
_TOLD = re.compile(r"发布|颁布|发表|告示|发出|宣布|公告|通告|告别|称|表示|推送|刊发|贴出|声明")
_BEGAN = re.compile(r"^(?:第.季度|上半年|下半年|度|以前|全年|(?:.{0,3}季度)|开通|上线|成立|创办|开设|注册|创建|正式上线|正式开通|以来|至今|印发|出台|召开|会议|实施|施行)|^(?:.{0,8}(?:开通以来|上线以来|成立以来))")
_UNTIL = re.compile(r"(?:记者|笔者|截至|截止|截止到|公示期|有效期|为期|工作日[(:]?|活动时间|自开通|版|至)\Z")
_POLICY = re.compile(r"(?:整治|治理|推进|落实|防治|解决|坚持|贯彻|所谓|推动|破除|杜绝|打造|围绕|实现|荣获|获评|获得|按照|根据|遵循|系列|主题)\Z")
_ITEM = re.compile(r"[(]?([一二三四五六七八九十]{1,3}|[0-9]{1,2})(?:[)、]|\.(?![0-9]))")
_HEADING = re.compile(r"(?:公告|公示|告示|启事|告知书?|通知|通告|声明|说明|提示|一封信|告别|告别信|辟谣|答复|通报|名单)[!。]?\Z|停更|注销|关停|更名|迁移|整合")
# What makes a weak word like 通过 lead the reader on; in an article only the stronger of them do.
_PROMISES = re.compile(r"请|可以|可|欢迎|今后|后续|届时|以后|将|建议|移步")
_ASKS = re.compile(r"请|可|欢迎|敬|今后|后续|届时|以后|将|继续|建议|您|大家|用户|统一|转|改|需|望|之后|另|此后|均|由|都|我们|一律|移步|各位|友")
_LOOKS_BACK = re.compile(r"感谢|致谢|谢谢|长期|一直以来|此前|曾|原先|过去|以前|开通以来|多年来|年来|已有|累计|不再|无法|不能|停止|勿|不要|谨防|冒用|表示衷心")
_PUBLISH = re.compile(
    r"[^,。;!?\n]{0,12}?(?:发布|公布|推送|更新|公开|发出|提供|承接|承担|负责|办理|查询|获取|了解|接收|开展|受理|刊发|展示|释出|宣布|推出|接续|代替|"
    r"与您|与大家|等你|等您|等着|相见|再会|不见不散|陪伴|见面|查看|查阅|浏览|咨询|刊登|分享|呈现|接管|运营|延续|继续)"
)
_BEFORE_PLACE = re.compile(r"(?:仍然|仍|统一|将|均|改|转|一律|全部|陆续|同步|集中)?(?:在|于|由|通过|从|经|经由|改由|转由|依托|到|至)(?:其|我们的|本局|我局|我|县|市|区|新的|官方|原|了)?\Z")
_USE = re.compile(r"(?:^|[,。;:])[^,。;:“]{2,12}[看上用找去]\Z")
_RUN_BY = re.compile(r"^[^,。;\n]{0,6}?(?:主办|运营|主管|开设|管理|维护|开通|注册|创办)")


class Skeleton:
    """The sentences of a text and what they do. Costs time linear in the text's length."""

    def __init__(
        self, plain: str, marks: Sequence[Mark], days: Sequence[Day], mentions: Sequence[Mention], reports: bool = False
    ) -> None:
        self.plain = plain
        self.reports = reports  # whether it tells of notices, and of the days they were made known
        self.days = days
        self._day_starts = [d.start for d in days]
        self._of_accounts = any(not m.weak and (m.platform or m.own) for m in mentions)
        self._changed = False  # whether anything has ended yet
        self._mentions = mentions
        self._mention_starts = [m.start for m in mentions]
        self._named = [(q.start, q.end) for q in quotes.names(plain)]
        self._named_starts = [s for s, _ in self._named]
        self._marks = [m for m in marks if isinstance(m.meaning, Does) and not self._inside(m.start)]
        self._mark_starts = [m.start for m in self._marks]

    def sentences(self, skip: Sequence[Span] = ()) -> list[Sentence]:
        """Return the sentences outside the lines to skip."""
        found: list[Sentence] = []
        start, opens = 0, True
        for match in [*_ENDS.finditer(self.plain), None]:
            at = match.start() if match else len(self.plain)
            if match and self._inside(at):
                continue
            if at > start and not any(a <= start < b for a, b in skip):
                sentence = Sentence(start, at, opens=opens)
                sentence.heading = self._is_heading(sentence, bool(match) and match[0] == "\n")
                self._fill(sentence)
                found.append(sentence)
            opens = match is not None and match[0] == "\n"
            start = at + 1
        return found

    def _inside(self, at: int) -> bool:
        n = bisect_left(self._named_starts, at + 1) - 1
        return n >= 0 and self._named[n][0] <= at < self._named[n][1]

    def _is_heading(self, sentence: Sentence, broken: bool) -> bool:
        text = self.plain[sentence.start : sentence.end]
        return broken and sentence.opens and len(text) <= 60 and "," not in text and _HEADING.search(text) is not None

    def _between(self, items: Sequence[object], starts: Sequence[int], start: int, end: int) -> Sequence[object]:
        return items[bisect_left(starts, start) : bisect_left(starts, end)]

    def _fill(self, s: Sentence) -> None:
        plain = self.plain
        s.mentions = list(self._between(self._mentions, self._mention_starts, s.start, s.end))  # type: ignore[arg-type]
        s.hearsay = _HEARSAY.search(plain, s.start, s.end) is not None
        s.asked = plain[s.end : s.end + 1] == "?"
        if item := _ITEM.match(plain, s.start, s.end):
            s.number = item[0]
        marks: Sequence[Mark] = self._between(self._marks, self._mark_starts, s.start, s.end)  # type: ignore[assignment]
        self._events(s, marks)

    def _events(self, s: Sentence, marks: Sequence[Mark]) -> None:
        """Read a sentence from left to right: each mention is led to, or changed by the next word that changes."""
        free: list[Mention] = []
        last: list[Mention] = []
        zone: Zone | None = None
        since = s.start
        events: list[tuple[int, Mention | Mark]] = [(m.start, m) for m in s.mentions] + [(m.start, m) for m in marks]
        alive = [(m.start(), m) for m in _ALIVE.finditer(self.plain, s.start, s.end)]
        for at, event in sorted([*events, *alive], key=lambda e: (e[0], isinstance(e[1], Mention))):
            if isinstance(event, Mention):
                again = zone is not None and zone.lead is not Does.GO and zone.mentions and self._led_in(event, s)
                if zone and not again and not self._governed(event, marks, s):
                    zone.mentions.append(event)
                    zone.end = max(zone.end, event.end)
                    continue
                if lead := self._led_in(event, s):
                    after = zone.mentions[-1].end if zone and zone.mentions else since
                    zone = Zone(lead[0], event.start, s.end, Does.GO, list(free), max(since, after), [event])
                    s.zones.append(zone)
                    continue
                if zone:
                    zone.end = min(zone.end, event.start)
                    zone = None
                free.append(event)
            elif isinstance(event, re.Match):
                s.alive += free or ([] if last else s.mentions[:1])
                s.alive_own = s.alive_own or not (free or last)
                free = []
            elif event.meaning in _CHANGES:
                if self._is_object_of_zone(event, zone, s):
                    continue
                change = self._change(event, free, last, zone, s)
                if change is None:
                    continue
                s.changes.append(change)
                self._changed = True
                last = change.subjects or last
                free = []
                if zone:
                    zone.end = min(zone.end, event.start) if not self._same_clause(zone.begin, event.start) else zone.end
                    if event.meaning not in _LEADS:
                        zone = None
                since = event.end
                if event.meaning in _LEADS:
                    zone = Zone(event.start, event.end, s.end, event.meaning, list(change.subjects or last), self._since(s, event), [])  # type: ignore[arg-type]
                    s.zones.append(zone)
            elif event.meaning in (Does.GO, Does.WEAK):
                if event.meaning is Does.WEAK and not self._asks(event, s, zone):
                    continue
                if zone:
                    zone.end = min(zone.end, event.start)
                since = max(since, zone.mentions[-1].end if zone and zone.mentions else since)
                owners = list(free)
                zone = Zone(event.start, event.end, s.end, Does.GO, owners, since, [])
                s.zones.append(zone)

    def _since(self, s: Sentence, event: Mark) -> int:
        return max([s.start, *(c.at[1] for c in s.changes[:-1])])

    def _same_clause(self, one: int, other: int) -> bool:
        return "," not in self.plain[one:other]

    def _is_object_of_zone(self, mark: Mark, zone: Zone | None, s: Sentence) -> bool:
        """Tell whether 迁移 stands before what is not moved to anywhere."""
        return mark.meaning is Does.MOVE and not self.plain[mark.start : mark.end].endswith(("至", "到", "往", "入")) and not (
            self.plain.startswith(("至", "到", "往", "入", "为"), mark.end)
        )

    def _governed(self, mention: Mention, marks: Sequence[Mark], s: Sentence) -> bool:
        """Tell whether a word of change follows a mention directly: it is the subject, whatever leads on before it."""
        end = mention.end
        for other in s.mentions:
            if other.start > mention.start and other.start - end <= 2 and all(c in "、和与及" for c in self.plain[end : other.start]):
                end = max(end, other.end)
        for mark in marks:
            if mark.start >= end and mark.meaning is not Does.COLUMN:
                if mark.meaning not in _CHANGES:
                    return False
                between = self.plain[end : mark.start]
                return "," not in between.rstrip(",") and len(between) <= 24 and not re.search(r"发布|查询|获取|了解|并$|[“「『《@]", between)
        return False

    def _led_in(self, mention: Mention, s: Sentence) -> tuple[int, int] | None:
        """Return where 在 starts in 后续…将在X发布, when a mention stands in such words."""
        before = self.plain[max(s.start, mention.start - 16) : mention.start]
        if self._changed and not mention.weak and mention.name and _USE.search(before):
            return mention.start - 1, mention.start
        found = _BEFORE_PLACE.search(before)
        if not found or mention.own and not mention.platform:
            return None
        after = self.plain[mention.end : min(s.end, mention.end + 24)]
        published = _PUBLISH.match(after)
        if not published or _RUN_BY.match(after) or after[published.end() : published.end() + 1] == "的":
            return None
        start = mention.start - len(before) + found.start()
        said = self.plain[s.start : start]
        clause = said[said.rfind(",") + 1 :]
        if _LOOKS_BACK.search(clause) and not _ASKS.search(clause):
            return None
        if self.reports and not _PROMISES.search(said):
            return None
        return start, mention.start

    def _asks(self, mark: Mark, s: Sentence, zone: Zone | None) -> bool:
        if zone is not None and zone.lead is Does.GO:
            return True
        said = self.plain[max(s.start, mark.start - 40) : mark.start]
        clause = said[max(said.rfind(","), said.rfind(":")) + 1 :]
        if _LOOKS_BACK.search(clause):
            return False
        if self.reports:
            return _PROMISES.search(said) is not None
        if _ASKS.search(said):
            return True
        near = [m for m in self._after(mark.end, 3) if not m.weak or m.name]
        return bool(near) and (self._changed or not clause)

    # --- changes

    def _change(self, mark: Mark, free: Sequence[Mention], last: Sequence[Mention], zone: Zone | None, s: Sentence) -> Change | None:
        plain = self.plain
        clause_start = max(plain.rfind(",", s.start, mark.start), plain.rfind(":", s.start, mark.start)) + 1 or s.start
        clause_start = max(clause_start, s.start)
        clause = plain[clause_start : mark.start]
        subjects = self._subjects(mark, free, last, zone, s)
        if _DENIED.search(plain[max(s.start, mark.start - 10) : mark.start]):
            s.alive += subjects
            s.alive_own = s.alive_own or all(m.own for m in subjects)
            return None
        if _ASKED.search(plain[max(s.start, mark.start - 10) : mark.start]):
            return None
        if mark.meaning in (Does.STOP, Does.SHUT):
            if _PAUSE.search(plain, clause_start, min(s.end, mark.end + 20)) or self._idle(mark, s):
                return None
            if mark.meaning is Does.SHUT and not self._is_of_account(mark, subjects):
                return None
            if _DUTY.search(clause) and not _DUTY_SAFE.search(clause):
                return None
            if self._of_column(mark, free, s):
                return None
        subjects = [m for m in subjects if not m.other and self._believed(m, mark, s)]
        change = Change((mark.start, mark.end), mark.meaning, subjects)  # type: ignore[arg-type]
        self._dated(change, s)
        start = max([s.start, *(m.end for m in subjects if m.end <= mark.start)])
        said = plain[max(start, mark.start - 40) : mark.start]
        said = said[max(said.rfind(","), said.rfind(";")) + 1 :]
        said += "已" if _ALREADY.search(clause) else ""
        later = _PROCESS.match(plain, mark.end) or _BEGUN.search(plain, max(s.start, mark.start - 6), mark.start)
        change.past = _PAST.search(_NOT_PAST.sub("", said)) is not None and not (later and "完成" not in said) or plain.startswith(("完毕", "完成"), mark.end)
        change.planned = _PLANNED.search(plain[max(s.start, mark.start - 40) : mark.start]) is not None
        return change

    def _idle(self, mark: Mark, s: Sentence) -> bool:
        """Tell whether 停更 is a fault that a report finds: 停更超过3个月."""
        return re.match(r"(?:超过|超|达|长达|已久|多日|现象|问题|近|\d{1,3}(?:天|个月|周))", self.plain[mark.end : mark.end + 6]) is not None

    def _is_of_account(self, mark: Mark, subjects: Sequence[Mention]) -> bool:
        """Tell whether it is an account that ends, not a stove: nothing else stands behind the verb."""
        if any(m.start >= mark.end for m in subjects) or any(0 <= m.start - mark.end <= 10 for m in self._after(mark.end, 12)):
            return True
        return _OBJECT_FREE.match(self.plain, mark.end) is not None

    def _after(self, at: int, reach: int) -> Sequence[Mention]:
        return self._between(self._mentions, self._mention_starts, at, at + reach)  # type: ignore[return-value]

    def _of_column(self, mark: Mark, free: Sequence[Mention], s: Sentence) -> bool:
        """Tell whether it is a column of an account that ends: the nearest thing before or behind the verb is one."""
        low = max([s.start, *(m.end for m in free if not m.weak and m.end <= mark.start)])
        columns = [m for m in self._marks_in(low, mark.start) if m.meaning is Does.COLUMN]
        after = self.plain[mark.end : mark.end + 24]
        return bool(columns) or re.match(r"[“「《【]?[^,。;”」》】]{1,12}[”」》】]?(?:栏目|专栏|板块|频道|评论|留言|功能)", after) is not None

    def _marks_in(self, start: int, end: int) -> Sequence[Mark]:
        return self._between(self._marks, self._mark_starts, start, end)  # type: ignore[return-value]

    def _subjects(self, mark: Mark, free: Sequence[Mention], last: Sequence[Mention], zone: Zone | None, s: Sentence) -> list[Mention]:
        """Return the mentions that a word of change is about: those before it, those of the word before, those behind."""
        before = [m for m in free if m.end <= mark.start or (m.start < mark.start < m.end)]
        real = [m for m in before if not m.other]
        if any(not m.weak for m in real):
            real = [m for m in real if not m.weak or self._beside(m, real)]
        if real:
            return self._nearest(real)
        if last:
            return list(last)
        end = min(p for p in (self.plain.find(",", mark.end, s.end), s.end) if p >= 0)
        lists = self._after(mark.end, s.end - mark.end)
        after = [m for m in lists if m.start < end and not m.other]
        if after and mark.meaning in (Does.STOP, Does.SHUT) and not (zone and not zone.mentions):
            gap = self.plain[mark.end : after[0].start]
            if len(gap) <= 16 and not re.search(r"[。;!?]|请|关注", gap):
                return self._chain(after[0], lists)
        if mark.meaning in (Does.STOP, Does.SHUT) and (counted := _COUNT.match(self.plain, mark.end, s.end)):
            first = next((m for m in lists if m.start >= counted.end() - 1 and not m.other and not m.own), None)
            if first and first.start - counted.end() <= 3:
                return self._chain(first, lists)
        return []

    def _nearest(self, mentions: list[Mention]) -> list[Mention]:
        """Return the last of some mentions with those that stand in one list with it: the others have verbs of their own."""
        first = len(mentions) - 1
        while first and (self._listed(mentions[first - 1], mentions[first]) or self._text(mentions[first - 1]) == self._text(mentions[-1])):
            first -= 1
        return mentions[first:]

    def _text(self, mention: Mention) -> str | None:
        return self.plain[slice(*mention.name)] if mention.name else None

    def _chain(self, first: Mention, mentions: Sequence[Mention]) -> list[Mention]:
        """Return a mention with those that stand in one list with it."""
        chain = [first]
        for m in mentions:
            if m is not chain[-1] and m.start >= chain[-1].start and not m.other and self._listed(chain[-1], m):
                chain.append(m)
        return chain

    def _listed(self, one: Mention, other: Mention) -> bool:
        between = self.plain[min(one.end, other.start) : other.start]
        if len(between) > 24 or re.search(r"[。;!?\n]", between):
            return False
        return re.fullmatch(r"(?:[、,和与及以/\t等()“”]|还有)*(?:[^,、。]{0,20}的|[我本该][^,、。]{0,6}|原)?", between) is not None

    def _beside(self, mention: Mention, others: Sequence[Mention]) -> bool:
        """Tell whether a name in quotes stands in one list with an account: “掌上隆回”App、“隆回手机报”停止服务."""
        return any(
            not m.weak and self.plain[min(m.end, mention.start) : mention.start] in ("、", "和", "及", "与", "以及")
            for m in others if m.start < mention.start
        )  # fmt: skip

    def _believed(self, mention: Mention, mark: Mark, s: Sentence) -> bool:
        """Tell whether quotes alone may be taken for an account: right before or behind the verb, and no catchword."""
        if not mention.weak or mention.own:
            return True
        plain = self.plain
        if plain[mention.start] in "@" or mention.platform is not None or mention.handle:
            return True
        if _POLICY.search(plain[max(0, mention.start - 6) : mention.start]):
            return False
        if mark.meaning in _LEADS and (units.is_unit(self._text(mention) or "") or not self._of_accounts):
            return False
        after = plain[mention.end : mention.end + 1]
        if mention.end <= mark.start:
            return mention.end == mark.start or after in "将已自于因从现正也均在,、(拟即定仅停不更并迁和与及\t%" or any(
                d.start == mention.end for d in self.days[bisect_left(self._day_starts, mention.end) :][:1]
            ) or after in "“「『《【‘\"'"
        return mention.start == mark.end and after in "、,的和。()”公账" + "\n"

    def _dated(self, change: Change, s: Sentence) -> None:
        """Find when: the last date before the verb that is no date of telling; of those, the last is when it was told."""
        if _ONCE.match(self.plain, change.at[1]) or (not change.subjects and COLUMN in self.plain[s.start : change.at[0]]):
            return
        days: Sequence[Day] = self._between(self.days, self._day_starts, s.start, change.at[0])  # type: ignore[assignment]
        previous = [c.at[1] for c in s.changes]
        low = max(previous, default=s.start)
        for day in reversed(days):
            if _BEGAN.match(self.plain[day.end : day.end + 12]) or _UNTIL.search(self.plain[max(0, day.start - 6) : day.start]):
                continue
            told = _TOLD.search(self.plain, day.end, change.at[0]) if self.reports else None
            if told and not re.match(r"之日|公告之日|发布之日", self.plain[day.end : day.end + 4]) and not self._marks_told(day, change):
                change.told = change.told or day
                continue
            if change.day is None and (day.start >= low or not any(c.day for c in s.changes)):
                change.day = day
        if change.day is None:
            change.day = self._dated_behind(change, s)
        if change.day is None and s.changes and (first := s.changes[0]).day and first.subjects and first.subjects != change.subjects:
            before = first.day.end <= min(m.start for m in first.subjects)
            change.day = first.day if before else None

    def _marks_told(self, day: Day, change: Change) -> bool:
        """Tell whether the words of telling between a date and the verb are the verb's own: 起停止信息发布."""
        between = self.plain[day.end : change.at[0]]
        return re.fullmatch(r"(?:起|前|后|开始|正式|将|不再|不)*", between) is not None

    def _dated_behind(self, change: Change, s: Sentence) -> Day | None:
        """Return the date in 停更时间:5月1日."""
        found = _WHEN.match(self.plain, change.at[1], s.end)
        if not found:
            return None
        days: Sequence[Day] = self._between(self.days, self._day_starts, found.end(), min(s.end, found.end() + 3))  # type: ignore[assignment]
        return days[0] if days else None
