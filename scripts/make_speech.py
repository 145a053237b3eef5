"""Write the tables of words that go on a sentence around a name, and of words that go on the name itself.

    pip install jieba
    python scripts/make_speech.py

From the dictionary of jieba (MIT), which has a part of speech and a count for each word. Speech are verbs, adverbs,
pronouns, prepositions, conjunctions, particles, and words of time and position; things are nouns, and verbs that
accounts and businesses are called by. Verbs of one character are
speech when most of what begins with them is, and no agency is called by them. What only people say is gathered by hand in `knowledge/lexicon/talk.yaml`.
"""

from __future__ import annotations

import importlib
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
TABLES = ROOT / "bot" / "tables"
AGENCIES = ROOT / "knowledge" / "lexicon" / "agencies.yaml"
SPEECH = {"v", "d", "ad", "r", "p", "c", "u", "t", "f"}
THINGS = {"n", "nz", "nt", "vn", "an", "j", "b", "nr", "ns"}
SHORTEST, LONGEST = 2, 4
# Rarer words are as often part of a name.
LEAST_COUNT = 20
# What ends the name of a body or a business: 超市 is counted as a verb.
ENDINGS = frozenset("市店馆院会校站厅局园厂社队所场城村镇县区台报网坊屋房楼室部处组团")
# Verbs that accounts and businesses are called by: 水润港城招聘 is another account.
NAMING = frozenset(
    "按摩 洗浴 烧烤 理发 供暖 加油 充电 打印 复印 包装 徒步 露营 快速 直达 会计 审计 担保 快递 速递 物流 运输 攻略 推荐 优惠 特卖 加盟 代理 开锁 保洁 招聘 求职 就业 创业 旅游 出游 自驾 交友 相亲 征婚 租房 买房 卖房 装修 装饰 美容 美发 美甲 摄影 团购 外卖 配送 送货 直播 养生 养老 "
    "维修 修理 回收 搬家 家政 健身 跑步 骑行 游泳 钓鱼 培训 补习 考试 考研 留学 阅读 读书 写作 朗诵 唱歌 跳舞 下棋 招商 投资 理财 贷款 "
    "借款 普法 执法 司法 禁毒 戒毒 反诈 反邪 防疫 急救 救援 救助 求助 帮扶 扶贫 扶残 助残 助学 助农 护航 护林 护河 巡河 治水 节水 供水 "
    "供电 供热 供气 排水 出行 通勤 驾考 学车 打车 租车 停车 挂号 看病 就医 体检 接种 怀孕 育儿 早教 托管 出入境 纪检 监察 检察 审判 执行 "
    "征兵 退役 双拥 拥军 志愿 公益 慈善 捐赠 献血 环保 绿化 种植 养殖 养蜂 采摘 采购 招标 拍卖 批发 零售 代购 播报 播音 点评 测评 曝光 "
    "揭秘 辟谣 问政 督查 督办 参政 议政 统战 宣传 宣讲 传播 发布 播出 早报 晚报 速递 速报 在线 直通 连线 聚焦 关注 观察 见闻 寻味 品味 "
    "畅游 漫步 慢游 爱上 遇见 发现 记录 记忆 影像 生活 创新 创建 创文 建设 服务 管理 监督 监管 保障 保护 保健 康养 医养 疗养".split()
)


# Words of one character that accounts are called by, too: 江阴说 need not be 江阴 and a verb.
CALLING = frozenset(
    "谈说播聊讲评唱拍游吃喝食玩购学赛读听见看观览行通办聚汇驿号帮选展演拼租售卖买修洗烤炒煮喜爱恋约问答报知悦享乐寻品味尝逛走跑骑飞跳舞写画绣诵考练育养护救助送寄运搬拆建造种采钓猎"
)
# A word of one character is a verb of a sentence when it is so frequent, and so large a share of the longer words that
# begin with it are speech.
LEAST_FREQUENT, MOSTLY = 300, 0.6


def rows() -> Iterator[tuple[str, int, str]]:
    """Yield each word of the dictionary, its count and its part of speech."""
    folder = Path(str(importlib.import_module("jieba").__file__)).parent
    for line in (folder / "dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, part = line.split()
        yield word, int(count), part


def verbs() -> str:
    """Return the words of one character that go on a sentence, and stand in no name of an agency."""
    said: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for word, count, part in rows():
        if len(word) > 1:
            (said if part in SPEECH else named)[word[0]] += count
    agencies = yaml.safe_load(AGENCIES.read_text(encoding="utf-8"))
    barred = (
        CALLING | ENDINGS | {letter for agency in agencies for word in agency["words"] for letter in word}
    )
    return "".join(
        sorted(
            word
            for word, count, part in rows()
            if len(word) == 1 and _is_han(word) and part in SPEECH | {"y", "e"} and count >= LEAST_FREQUENT
            and word not in barred and said[word] >= MOSTLY * (said[word] + named[word])
        )
    )  # fmt: skip


def words() -> dict[str, set[str]]:
    """Return the words of each table."""
    found: dict[str, set[str]] = {"speech": set(), "things": set(NAMING)}
    for word, count, part in rows():
        if count < LEAST_COUNT or not SHORTEST <= len(word) <= LONGEST or not _is_han(word):
            continue
        if part in SPEECH and word[-1] not in ENDINGS and word not in NAMING:
            found["speech"].add(word)
        elif part in THINGS or part in SPEECH:
            found["things"].add(word)
    return found


def _is_han(word: str) -> bool:
    return all("\u4e00" <= c <= "\u9fff" for c in word)


def main() -> int:
    """Write the tables."""
    for name, found in words().items():
        by_first = defaultdict(list)
        for word in sorted(found):
            by_first[word[0]].append(word[1:])
        head = f"A character, then what makes a word of {name} with it. Made by scripts/make_speech.py from the dictionary of jieba (MIT)."
        lines = [head, *(f"{first} {' '.join(rests)}" for first, rests in sorted(by_first.items()))]
        (TABLES / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{len(found)} words: {TABLES / name}.txt", file=sys.stderr)
    head = "Verbs of one character that go on a sentence. Made by scripts/make_speech.py from the dictionary of jieba (MIT)."
    (TABLES / "verbs.txt").write_text(f"{head}\n{verbs()}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
