"""What a person meets who wants to help: the template, the rules of proof, the forms, the checks of a forge."""

from __future__ import annotations

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from conftest import ROOT, TODAY

from bot import codec, inventory, knowledge, records, values
from bot.checks import check
from bot.cli import COMMANDS
from bot.records import PlaceFile, Unit
from bot.values import Basis, Notice, Platform
from bot.wording import words

TEMPLATE = ROOT / "knowledge" / "TEMPLATE.yaml.txt"
GITHUB = ROOT / ".github"
FORMS = [GITHUB / "ISSUE_TEMPLATE" / name for name in ("closure.yml", "correction.yml")]
WORKFLOW = GITHUB / "workflows" / "check.yml"
PAGES = [ROOT / "CONTRIBUTING.md", ROOT / "knowledge" / "README.md", ROOT / "docs" / "README.md"]
MACHINE_READ = [
    *FORMS, GITHUB / "ISSUE_TEMPLATE" / "config.yml", WORKFLOW, GITHUB / "problem-matcher.json",
    ROOT / ".vscode" / "settings.json", ROOT / ".pre-commit-config.yaml", TEMPLATE,
]  # fmt: skip
WRITTEN = [
    *MACHINE_READ,
    *PAGES,
    ROOT / ".editorconfig",
    GITHUB / "CODEOWNERS",
    GITHUB / "pull_request_template.md",
]

TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
# GitHub's form schema, as far as our forms use it: docs.github.com, "Syntax for GitHub's form schema".
FORM: dict[str, Any] = {
    "type": "object",
    "required": ["name", "description", "body"],
    "additionalProperties": False,
    "properties": {
        "name": TEXT,
        "description": TEXT,
        "title": TEXT,
        "labels": {"type": "array", "items": TEXT},
        "body": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["type", "attributes"],
                "properties": {
                    "type": {"enum": ["markdown", "input", "textarea", "dropdown"]},
                    "id": {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"},
                    "attributes": {"type": "object"},
                    "validations": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {"required": {"type": "boolean"}},
                    },
                },
                "if": {"properties": {"type": {"const": "markdown"}}},
                "then": {"properties": {"attributes": {"required": ["value"]}}},
                "else": {
                    "required": ["id"],
                    "properties": {
                        "attributes": {
                            "required": ["label"],
                            "additionalProperties": False,
                            "properties": {
                                "label": TEXT,
                                "description": TEXT,
                                "placeholder": TEXT,
                                "options": {
                                    "type": "array",
                                    "minItems": 1,
                                    "uniqueItems": True,
                                    "items": {**TEXT, "not": {"enum": ["None", "none"]}},
                                },
                            },
                        }
                    },
                },
            },
        },
    },
}


def read(path: Path) -> Any:
    """Return what a YAML or JSON file holds; a workflow's `on` stays a word."""
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=_Words)


class _Words(yaml.SafeLoader):
    """Reads YAML as a forge does: true and false are values, `on` and dates are words."""


_Words.yaml_implicit_resolvers = {
    first: [(tag, found) for tag, found in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Words.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), ["t", "f"])


def form_faults(form: Any) -> list[str]:
    """Return what a forge would refuse of an issue form."""
    faults = [e.message for e in jsonschema.Draft202012Validator(FORM).iter_errors(form)]
    for key in ("id", "label"):
        said = [e.get(key) or e.get("attributes", {}).get(key) for e in form.get("body", [])]
        named = [w for w in said if w]
        faults += [f"{key} {w} twice" for w in set(named) if named.count(w) > 1]
    return faults


def options(form: Path, name: str) -> list[str]:
    """Return the options of a form's dropdown."""
    found: list[str] = next(e["attributes"]["options"] for e in read(form)["body"] if e.get("id") == name)
    return found


def explained(text: str) -> dict[tuple[str, str], str]:
    """Return the comment beside each field of a place file, by (record, field); empty where none stands.

    Raises: KeyError for a field that the record does not have.
    """
    lines = text.splitlines()
    found: dict[tuple[str, str], str] = {}

    def walk(cls: type, node: yaml.Node) -> None:
        if isinstance(node, yaml.SequenceNode):
            for child in node.value:
                walk(cls, child)
        elif isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                comment = lines[key.start_mark.line].partition("  # ")[2]
                spot = (cls.__name__, key.value)
                found[spot] = found.get(spot) or comment
                walk(codec.members(cls)[key.value].kind, value)

    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert root
    walk(PlaceFile, root)
    return found


def examples() -> Iterator[Unit]:
    """Yield the entries of knowledge/README.md: the tempting one, then the right one."""
    page = (ROOT / "knowledge" / "README.md").read_text(encoding="utf-8")
    for block in re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL):
        faults: list[codec.Fault] = []
        (entry,) = yaml.load(block, Loader=yaml.BaseLoader)
        unit = codec.decode(Unit, entry, faults)
        assert faults == []
        assert unit
        yield unit


def marks(output: str) -> list[tuple[str, int, str, str]]:
    """Return (file, line, severity, message) of every line a forge would mark, as the problem matchers read it."""
    found = []
    matchers = read(GITHUB / "problem-matcher.json")["problemMatcher"]
    for line in output.splitlines():
        for matcher in matchers:
            (pattern,) = matcher["pattern"]
            match = re.search(pattern["regexp"], line)
            if match:
                file, number, message = (match[pattern[k]] for k in ("file", "line", "message"))
                found.append((file, int(number), matcher["severity"], message))
    return found


# The template


def test_the_template_is_no_knowledge() -> None:
    """Nothing of it reaches a resident: it does not end in .yaml."""
    assert TEMPLATE.is_file()
    assert TEMPLATE not in inventory.yaml_files(ROOT / "knowledge", [])
    assert "shilishuiwu-wx" not in knowledge.read(ROOT / "knowledge").spots


def test_a_field_that_no_record_has_is_noticed_in_the_template() -> None:
    text = TEMPLATE.read_text(encoding="utf-8")
    with pytest.raises(KeyError, match="closed_on"):
        explained(text.replace("        stopped:", "        closed_on:"))


def test_a_field_without_its_line_is_noticed_in_the_template() -> None:
    text = re.sub(r"(reason: 基层减负)  # .*", r"\1", TEMPLATE.read_text(encoding="utf-8"))
    assert explained(text)["Account", "reason"] == ""


@pytest.mark.parametrize(
    "record",
    [
        PlaceFile,
        Unit,
        records.Account,
        records.Destination,
        records.Contact,
        records.Differing,
        records.Source,
    ],
    ids=lambda r: r.__name__,
)
def test_every_field_stands_in_the_template_with_a_chinese_line(record: type) -> None:
    """`必填` opens the line of exactly those fields that may not be left out."""
    comments = explained(TEMPLATE.read_text(encoding="utf-8"))
    for name, member in codec.members(record).items():
        comment = comments.get((record.__name__, name), "")
        assert re.search("[\u4e00-\u9fff]", comment), f"{record.__name__}.{name}"
        assert comment.startswith("必填") != member.optional, f"{record.__name__}.{name}"


@pytest.mark.parametrize(
    "kind",
    [Platform, values.State, values.Reason, Notice, Basis, values.ContactKind, values.ContactBasis],
    ids=lambda k: k.__name__,
)
def test_every_value_stands_in_the_template_in_both_languages(kind: type[Platform]) -> None:
    text = TEMPLATE.read_text(encoding="utf-8")
    assert [o.value for o in kind if f"{o.label} {o.value}" not in text] == []


def test_the_template_with_its_extension_changed_is_a_place_file_without_errors(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge", folder)
    (folder / TEMPLATE.name).rename(folder / "accounts" / "beijing" / "template.yaml")
    read_back = knowledge.read(folder)
    assert "shilishuiwu-wx" in read_back.spots
    assert [str(p) for p in check(read_back, TODAY) if not p.warning] == []


def test_the_editors_schema_accepts_the_template() -> None:
    schema = json.loads((ROOT / "knowledge" / "schema.json").read_text(encoding="utf-8"))
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(read(TEMPLATE))) == []


# The pages


def test_the_tempting_example_is_wrong_although_check_finds_nothing(folder: Path) -> None:
    """Only a reader sees it: an unnamed bureau's words are credited to one that did not say them."""
    wrong, right = examples()
    for unit in (wrong, right):
        path = folder / "accounts" / "jiangsu" / "x.yaml"
        path.write_text(
            json.dumps({"place": "320582", "units": [codec.encode(unit)]}, ensure_ascii=False),
            encoding="utf-8",
        )
        assert [p for p in check(knowledge.read(folder), TODAY) if p.file.endswith("x.yaml")] == []
    assert wrong.accounts[0].destinations
    assert not right.accounts[0].destinations


def test_the_right_example_says_what_the_knowledge_says(known: knowledge.Knowledge) -> None:
    _, right = examples()
    (mine,) = right.accounts
    (real,) = [a for u in known.units for a in u.accounts if a.id == mine.id]
    said = ("id", "name", "platform", "state", "stopped", "notice", "destinations", "checked")
    assert {k: getattr(mine, k) for k in said} == {k: getattr(real, k) for k in said}
    assert {s.publisher for s in mine.sources} <= {s.publisher for s in real.sources}
    answer = re.search("机器人会说“(.+?)”", (ROOT / "knowledge" / "README.md").read_text(encoding="utf-8"))
    assert answer
    assert answer[1] in words("zh-Hans").say("lost_unseen", account="")


def test_every_wrong_line_of_the_example_has_its_reason() -> None:
    page = (ROOT / "knowledge" / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall("# ([①-⑳])", page)) == sorted(re.findall("- ([①-⑳]) ", page)) != []


def test_the_page_of_the_knowledge_names_everything_that_may_stand_there() -> None:
    page = (ROOT / "knowledge" / "README.md").read_text(encoding="utf-8")
    here = {p.name for p in (ROOT / "knowledge").iterdir()} - {"README.md"}
    assert [n for n in here | set(knowledge.ROOMS) if not re.search(rf"`{re.escape(n)}[/`]", page)] == []
    assert [b for b in Basis if f"`{b}`" not in page] == []


def test_the_index_of_documents_lists_every_file_in_docs() -> None:
    docs = ROOT / "docs"
    listed = set(
        re.findall(
            r"^\| \[[^]]+\]\(([^)]+)\)", (docs / "README.md").read_text(encoding="utf-8"), re.MULTILINE
        )
    )
    there = {p.relative_to(docs).as_posix() for p in docs.rglob("*") if p.is_file()} - {"README.md"}
    assert {n for n in listed if not n.startswith("../")} == there


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_command_a_page_names_exists(page: Path) -> None:
    named = set(re.findall(r"python bot\.py (\w+)", page.read_text(encoding="utf-8")))
    assert named <= set(COMMANDS)


# The forms


@pytest.mark.parametrize(
    "change",
    [
        {"body": []},
        {"body": [{"type": "text", "id": "a", "attributes": {"label": "a"}}]},
        {"body": [{"type": "input", "attributes": {"label": "a"}}]},
        {"body": [{"type": "input", "id": "a", "attributes": {"label": ""}}]},
        {"body": [{"type": "input", "id": "a b", "attributes": {"label": "a"}}]},
        {"body": [{"type": "input", "id": "a", "attributes": {"label": "a"}, "required": True}]},
        {"body": [{"type": "dropdown", "id": "a", "attributes": {"label": "a", "options": []}}]},
        {"body": [{"type": "dropdown", "id": "a", "attributes": {"label": "a", "options": ["x", "x"]}}]},
        {"body": [{"type": "dropdown", "id": "a", "attributes": {"label": "a", "options": [True]}}]},
        {"body": [{"type": "input", "id": "a", "attributes": {"label": label}} for label in "ab"]},
        {"body": [{"type": "input", "id": name, "attributes": {"label": "a"}} for name in "ab"]},
        {"about": "x"},
        {"name": ""},
    ],
    ids=str,
)
def test_a_form_that_a_forge_would_refuse_is_noticed(change: dict[str, Any]) -> None:
    assert form_faults({**read(FORMS[0]), **change})


@pytest.mark.parametrize("path", FORMS, ids=lambda p: p.name)
def test_a_form_is_one_that_a_forge_shows(path: Path) -> None:
    assert form_faults(read(path)) == []


@pytest.mark.parametrize("path", FORMS, ids=lambda p: p.name)
def test_a_form_asks_for_the_source_and_for_what_is_unsure(path: Path) -> None:
    """The source must be given; doubt may be."""
    required = {e.get("id"): e.get("validations", {}).get("required", False) for e in read(path)["body"]}
    assert (required["source"], required["unsure"]) == (True, False)


def test_the_closure_form_offers_the_values_the_records_have() -> None:
    """Nobody has to choose what they do not know: the platform may be unknown, the notice unseen."""
    offered = options(FORMS[0], "platform")
    assert [o.split(" / ")[0] for o in offered] == [*(p.label for p in Platform), "不知道"]
    assert [o.split(" / ")[1] for o in options(FORMS[0], "notice")] == [str(n) for n in Notice]


def test_contributing_calls_the_forms_by_their_names() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert [n for f in FORMS if f"“{(n := read(f)['name'].split(' / ')[0])}”" not in page] == []


# The checks of a forge


@pytest.mark.parametrize(
    "line",
    [
        "读了 135 个地方、309 个单位、330 个账号:没有错误,1 条提醒。",
        "knowledge/accounts/x.yaml: state: 没有行号",
        "Traceback (most recent call last):",
        '  File "bot.py", line 10, in <module>',
        "",
    ],
)
def test_a_line_that_is_no_problem_marks_nothing(line: str) -> None:
    assert marks(line) == []


def test_what_check_says_of_a_broken_folder_is_marked_line_by_line(folder: Path) -> None:
    """Each problem once, at its file and line; a reminder is a warning and does not say so twice."""
    place = folder / "accounts" / "jiangsu"
    entry = "place: '320582'\nunits:\n  - name: 甲\n    accounts:\n      - id: {id}\n        name: 乙\n        {more}\n"
    rest = "        checked: 2024-06-15\n        sources: [{{publisher: 新京报}}]\n"
    (place / "a.yaml").write_text((entry + rest).format(id="a", more="state: clsoed"), encoding="utf-8")
    late = "state: closed\n        notice: unseen\n        announced: 2024-05-20\n        stopped: 2024-05-10"
    (place / "b.yaml").write_text((entry + rest).format(id="b", more=late), encoding="utf-8")
    (place / "c.yaml").write_text("place: '320582'\nunits:\n\t- name: 甲\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(ROOT / "bot.py"), "check", "--knowledge", "knowledge"],
        cwd=folder.parent, env={**os.environ, "DATA_DIR": str(folder.parent), "PYTHONUTF8": "1"}, capture_output=True,
    )  # fmt: skip
    output = done.stdout.decode()
    assert (done.returncode, done.stderr.decode()) == (1, "")
    marked = marks(output)
    assert len(marked) == len(output.splitlines()) - 1, "every line but the last, each once"
    ours = [(f, n, s, m.split(";")[0]) for f, n, s, m in marked if "/accounts/" in f]
    assert ours == [
        ("knowledge/accounts/jiangsu/a.yaml", 7, "error", "state: “clsoed”"),
        ("knowledge/accounts/jiangsu/b.yaml", 10, "warning", "stopped: 停更 2024-05-10 早于公告 2024-05-20"),
        ("knowledge/accounts/jiangsu/c.yaml", 3, "error", "写法: 这一行有制表符(Tab)"),
    ]


def test_the_matchers_have_different_owners_and_known_severities() -> None:
    """A forge refuses two matchers of one owner, and a severity it does not know."""
    matchers = read(GITHUB / "problem-matcher.json")["problemMatcher"]
    assert len({m["owner"] for m in matchers}) == len(matchers)
    assert {m["severity"] for m in matchers} == {"error", "warning"}


def test_the_workflow_has_no_secret_and_may_only_read() -> None:
    workflow = read(WORKFLOW)
    assert "secrets" not in WORKFLOW.read_text(encoding="utf-8")
    assert workflow["permissions"] == {"contents": "read"}
    uses = [s["uses"] for j in workflow["jobs"].values() for s in j["steps"] if "uses" in s]
    assert [u for u in uses if not re.fullmatch(r"actions/[a-z-]+@v\d+", u)] == []


def test_knowledge_and_code_are_checked_apart() -> None:
    """A mistake in the code does not hide one in the knowledge, nor the other way round."""
    jobs = read(WORKFLOW)["jobs"]
    assert set(jobs) == {"knowledge", "code"}
    assert not [name for name, job in jobs.items() if "needs" in job]
    said = {name: "\n".join(s.get("run", "") for s in job["steps"]) for name, job in jobs.items()}
    assert "add-matcher::.github/problem-matcher.json" in said["knowledge"]
    assert said["knowledge"].rstrip().endswith("python bot.py check")
    assert said["code"] == "\n\n.ci/run"
    assert "\nmake test\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_province_of_the_knowledge_has_a_line_for_its_owners() -> None:
    """The general lines stand first: the last that fits wins."""
    lines = [x.split() for x in (GITHUB / "CODEOWNERS").read_text(encoding="utf-8").splitlines()]
    owners = [(x[0], x[1:]) for x in lines if x and x[0] != "#"]
    assert [p for p, _ in owners[:2]] == ["*", "/knowledge/"]
    patterns = [p for p, _ in owners]
    assert len(set(patterns)) == len(patterns)
    assert [
        p for p, who in owners if not who or not all(re.fullmatch(r"@[\w-]+/[\w-]+", w) for w in who)
    ] == []
    provinces = {
        f"/knowledge/accounts/{p.name}/" for p in (ROOT / "knowledge" / "accounts").iterdir() if p.is_dir()
    }
    assert provinces - set(patterns) == set()


def test_the_checks_before_a_commit_are_those_of_make_test() -> None:
    """All run from the project's own folder and fetch nothing."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (repo,) = read(ROOT / ".pre-commit-config.yaml")["repos"]
    assert repo["repo"] == "local"
    assert {h["language"] for h in repo["hooks"]} == {"system"}
    for hook in repo["hooks"]:
        command = hook["entry"].removeprefix(".venv/bin/").split(" --")[0]
        assert f"$(BIN)/{command}" in makefile, command


# The editor


def test_the_editor_completes_every_place_file_by_the_schema() -> None:
    ((schema, patterns),) = read(ROOT / ".vscode" / "settings.json")["yaml.schemas"].items()
    assert (ROOT / schema).resolve() == ROOT / "knowledge" / "schema.json"
    completed = {p for pattern in patterns for p in ROOT.glob(pattern)}
    assert completed == {*(ROOT / "knowledge" / "accounts").rglob("*.yaml"), TEMPLATE}


def test_editors_write_spaces_utf8_and_a_last_newline() -> None:
    settings = configparser.ConfigParser()
    settings.read_string("[top]\n" + (ROOT / ".editorconfig").read_text(encoding="utf-8"))
    wanted = {"charset": "utf-8", "indent_style": "space", "insert_final_newline": "true"}
    assert {k: settings["*"][k] for k in wanted} == wanted
    assert settings["Makefile"]["indent_style"] == "tab"
    vscode = read(ROOT / ".vscode" / "settings.json")
    assert (vscode["editor.insertSpaces"], vscode["files.encoding"], vscode["files.insertFinalNewline"]) == (
        True,
        "utf8",
        True,
    )


@pytest.mark.parametrize("path", MACHINE_READ, ids=lambda p: p.name)
def test_every_file_a_machine_reads_can_be_read(path: Path) -> None:
    assert isinstance(read(path), dict)


def test_no_file_has_a_tab_or_lacks_its_last_newline() -> None:
    """Nor blanks at the end of a line: what the editors' settings ask is so already."""
    for path in [*WRITTEN, *(ROOT / "knowledge").rglob("*.yaml")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\t|[ \t]$|\n\n\Z", text, flags=re.MULTILINE), path
        assert text.endswith("\n"), path
