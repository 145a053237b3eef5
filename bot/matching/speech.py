"""Floor 4. What people say around a name: whether what stands beside one goes on the sentence or the name.

上海发布怎么停了 speaks of 上海发布; 上海发布会 is another name, and 宝鸡养老院 is no 宝鸡养老.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

from bot.records import Talk
from bot.text import fold, is_han, verbs, word_table

# The words of the tables have up to four characters.
LONGEST, SHORTEST = 4, 2
# One of these further on makes a sentence of what stands beside a name: nobody asks anything with a name alone.
ASKING = frozenset("吗呢么呀啊嘛吧呗咧怎咋哪啥谁何几没不了在还是冇唔咩乜边咗嘅嘞噻哟伐嘎")
# Words of one character that only hold a sentence together: those of the dictionary that make no name with what follows.
PARTICLES = frozenset(
    "了在不我的也为就这你都等与对还又而以她将那但从把被只过或由向已给却它更再才便各则因曾呢该谁先吧么竟啦呀亦必须似忽皆怎诸届何凭尚替咱依略哩渐始遂岂挺啥确嘛俺终互恐咋犹彼什哇勿究偶恰逐唔哉甭嘿迭呐况骤孰竭呗莫冇"
)
# Words of one character that make another name of the one they stand before.
MODIFYING = frozenset("新老东西南北中大小上下前后内外美爱最好真微云智悦乐游看品醉")
# What follows a verb of one character in a sentence: 搬到, 换了吗; 抢票系统 is a name.
GOING_ON = ASKING | set("着过到得给成去走掉完起来")
# What people do with an account, or by it: 在惠山供水交水费, 搜惠山供水.
DOING = frozenset("用查看靠交约办发等问搜找点刷报领缴打取抢投听读翻进加扫去走填登订收传弄整换")
# Such verbs, and others, that no account is called by: 惠山供水点哪儿, but 惠山看.
ACTING = frozenset("上点交用刷换搬打找寻弄整挪等登进出来去走发")
# Of one who speaks, and not of a name.
SPOKEN = frozenset("我你她咱俺您没也就把被冇唔咁嘅")
# What ends what somebody says; 哪吒 and 么么 are names.
CRIES = frozenset("啊呀嘛呗吧哦咯嘞咧哈")
# What happens to an account: 清零了吗.
BEFALLING = frozenset("清换停关改消失注销封删搬撤黑跑挂散退丢弃凉")
# What a motto begins with that a name may go on with, and what ends it: 苏州健康我做主, 在身边怎么停了.
CALLING = frozenset("我为在和与让不")
BEFALLS = re.compile("怎么[停没关不]|咋[停没关不]|还在|没了|停更|停了|不更")
# What between a verb and itself makes a sentence: 打都打不开, 中不中用.
BETWEEN = "不都也就又"
# What is said next of an account that is named by a verb too: 苏州健康约里, 苏州健康约怎么停了.
OF_IT = re.compile("的|里|怎么[停没关]|去哪|还在|找来")
# What alone may stand before a place: others make another name, as 看无锡.
SEEKING = frozenset("用搜点去找进打加扫订")
# What says right before a name that something is done there: 在惠山供水查.
GOVERNING = frozenset("在用从靠喺搁")
# What another account, or a thing of its own, is called by its last word: 交警查询平台 is no 交警.
HEADS = ("公众号", "视频号", "号", "平台", "系统", "小程序", "微博", "抖音", "群", "app")
# What the name of a body or a business ends in, soon after the name that it is not.
ENDINGS = frozenset("店馆院会校站厅局园厂社队所场城村镇县区台报网坊屋楼室部处组团")
SOON = 3
# What a part of a body is called by its last word, or who works there: 人民法院金港法庭, 第三中学梁丰校区.
PART = re.compile(
    "[^的吗呢怎咋哪没不了是在有]{0,6}?"
    "(?:庭|校区|园区|分园|所|站|局|馆|中心|店|厂|区|村|院|厅|公司|平台|系统|频道|窗口|老师|主任|法官|书记|公众号|视频号|小程序|群)"
    "|[^的吗呢怎咋哪没不了是在有]{1,5}?(?:室|科|股|班|队|会|组|部|办)"
)
# What lies by a body, or belongs to it: 公安局旁边的饭店.
NEARBY = ("旁边", "隔壁", "对面", "附近", "门口", "楼下", "周边", "下属", "旗下", "名下")
# What says that another is meant.
INSTEAD = ("附属", "附中", "不要", "挨着", "冒充", "假冒")


class Speech:
    """Judges what stands right after and right before a name. Immutable; safe to use from any thread."""

    def __init__(self, talk: Iterable[Talk]) -> None:
        """Take what maintainers gathered; the tables of a dictionary's words stand beside it."""
        said = list(talk)
        self._before = _by_letter(-1, (fold(w) for t in said for w in t.before))
        after = [fold(w) for t in said for w in t.after]
        self._after = _by_letter(0, after)
        self._surely = tuple(w for w in after if len(w) > SHORTEST)

    def begins(self, letters: str, at: int, *, governed: bool = False) -> bool:
        """Tell whether what begins at a position only goes on the sentence.

        A word of the dictionary does when more follows, or when the name is `governed`, 用惠山供水预约: what ends in a verb
        may be a name, 京通快递 is one. So does a particle or a verb, in a question, when nothing beside it makes a name.
        """
        if letters.startswith(self._after.get(letters[at], ()), at):
            return not _crossed(letters, at, at_least=3) or letters.startswith(self._surely, at)
        word, thing = _longest("speech", letters, at), _longest("things", letters, at)
        if max(word, thing):
            more = governed or at + word < len(letters)
            return word > thing and more and not letters.startswith(HEADS, at + word)
        spoken = letters[at] in PARTICLES or _is_done(letters, at)
        return spoken and _asks(letters, at) and not _crossed(letters, at)

    def does(self, letters: str, at: int, stops: Container[int]) -> bool:
        """Tell whether something is done from a position on, by a name that is governed: 交水费, 约."""
        if letters[at] not in DOING or _crossed(letters, at) or _longest("things", letters, at):
            return False
        thing = _longest("things", letters, at + 1)
        rest = at + 1 + thing
        if not thing and OF_IT.match(letters, rest):
            return False
        closed = rest in stops or self.begins(letters, rest, governed=True)
        return closed and letters[rest - 1] not in ENDINGS and not letters.startswith(HEADS, rest)

    def adds(self, letters: str, at: int) -> bool:
        """Tell whether what begins at a position may be a thing of its own, behind the title of a body: 人民法院食堂, 法院金港法庭."""
        thing = max(_longest("things", letters, at), _longest("brands", letters, at))
        return (
            bool(thing) or letters[at] in MODIFYING or not letters[at].isalpha() or self.is_part(letters, at)
        )

    def is_motto(self, letters: str, at: int) -> bool:
        """Tell whether a few words that nobody says of an account stand between a name and what befalls it: 我做主."""
        if letters[at] not in CALLING or letters.startswith(self._surely, at):
            return False
        found = BEFALLS.search(letters, at + 1)
        motto = letters[at + 1 : found.start() if found else len(letters)]
        told = ASKING | PARTICLES | CRIES | SPOKEN | DOING
        if letters[at] == "不" and is_said(letters, at + 1):  # 不知道
            return False
        short = SHORTEST <= len(motto) <= LONGEST and _longest("speech", letters, at) <= SHORTEST
        return short and all(map(is_han, motto)) and told.isdisjoint(motto)

    def is_bare(self, letters: str, at: int, stops: Container[int]) -> bool:
        """Tell whether little follows up to the end of the clause, and nothing in it says that somebody speaks: 金港, 为民."""
        end = next((i for i in range(at, len(letters)) if i in stops), len(letters))
        rest = letters[at:end]
        spoken = ASKING | BEFALLING | CRIES | PARTICLES
        return (
            len(rest) <= LONGEST
            and all(map(is_han, rest))
            and spoken.isdisjoint(rest)
            and not letters.startswith(self._surely, at)
            and not is_said(letters, at)
        )

    def is_part(self, letters: str, at: int) -> bool:
        """Tell whether a part of a body is named from a position on: 金港法庭, 梁丰校区."""
        return PART.match(letters, at) is not None

    def parts(self, letters: str, at: int) -> bool:
        """Tell whether a place that ends at a position is only said, and is no part of a longer name: 张家港保税区."""
        if at >= len(letters) or self.begins(letters, at):
            return True
        return not _longest("things", letters, at) and ENDINGS.isdisjoint(letters[at : at + SOON])

    def leads(self, letters: str, at: int, since: int) -> bool:
        """Tell whether what ends right before a place only leads up to it, in a question, from the start of the clause on.

        美团宝鸡旅游 and 指尖江阴 are other names: so little before a place may be one, and so may a noun.
        """
        before = (letters[at - length : at] for length in range(SHORTEST, LONGEST + 1))
        modified = letters[at - 1] in MODIFYING and letters[at - 2] != "的"
        named = modified or any(_is_word("brands", word) or _is_word("things", word) for word in before)
        return not named and _speaks(letters[since:at], asks=not ASKING.isdisjoint(letters))

    def ends(self, letters: str, at: int) -> bool:
        """Tell whether what ends right before a position only leads up to a name."""
        return letters.endswith(self._before.get(letters[at - 1], ()), 0, at) or any(
            _is_word("speech", letters[at - length : at])
            for length in range(SHORTEST, LONGEST + 1)
            if length <= at
        )


def is_phrase(name: str) -> bool:
    """Tell whether a name is made of everyday words alone: 行业行情 in a sentence need not be an account."""
    return all(_is_word("things", name[i : i + SHORTEST]) for i in range(0, len(name), SHORTEST))


def is_word(text: str) -> bool:
    """Tell whether a text is a word of a dictionary."""
    return _is_word("things", text) or _is_word("speech", text)


def is_said(letters: str, at: int) -> bool:
    """Tell whether a word that only goes on a sentence begins at a position."""
    return _longest("speech", letters, at) > _longest("things", letters, at)


def words_from(letter: str) -> list[str]:
    """Return the words of a dictionary that begin with a character."""
    rest = " ".join(word_table(table).get(letter, "") for table in ("things", "speech"))
    return [letter + word for word in rest.split()]


def _crossed(letters: str, at: int, *, at_least: int = SHORTEST) -> bool:
    """Tell whether a word of so many characters stands across a position: 办事通知 is no 办事通, 上海发布会 no 上海发布."""
    return any(
        is_word(letters[start:end])
        for start in range(max(0, at - SHORTEST), at)
        for end in range(max(at + 1, start + at_least), min(len(letters), start + LONGEST) + 1)
    )


def _asks(letters: str, at: int) -> bool:
    """Tell whether something is asked from a position on, and no name of a body or business ends soon after it."""
    return ENDINGS.isdisjoint(letters[at : at + SOON]) and not ASKING.isdisjoint(letters[at:])


def _speaks(words: str, *, asks: bool) -> bool:
    """Tell whether what stands before a place is too long for a name, or has a word that only a sentence has."""
    if len(words) == 1:
        return asks and words in SEEKING
    long = (
        len(words) > LONGEST or not SPOKEN.isdisjoint(words) or (len(words) > SHORTEST and words[-1] in CRIES)
    )
    return long and (asks or words[-1] in DOING | GOVERNING)


def _is_done(letters: str, at: int) -> bool:
    """Tell whether a verb begins at a position: 打都打不开, 中不中, 点哪儿, 清零了."""
    first, following, again = letters[at : at + 1], letters[at + 1 : at + 2], letters[at + 2 : at + 3]
    return (
        (first in verbs() | ACTING and following in GOING_ON)
        or (following in BETWEEN and again == first)
        or (first in BEFALLING and again == "了")
    )


def _longest(table: str, letters: str, at: int) -> int:
    """Return how long the longest word of a table is that begins at a position; 0 when there is none."""
    lengths = range(min(LONGEST, len(letters) - at), SHORTEST - 1, -1)
    return next((n for n in lengths if _is_word(table, letters[at : at + n])), 0)


def _is_word(table: str, word: str) -> bool:
    return f" {word[1:]} " in word_table(table).get(word[:1], "")


def _by_letter(at: int, words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return words by their first or last letter."""
    found: dict[str, list[str]] = {}
    for word in words:
        found.setdefault(word[at], []).append(word)
    return {letter: tuple(group) for letter, group in found.items()}
