# ruff: noqa: S105, S106 - none of these words opens anything
"""Settings of a service: every mistake is told at once, in words that say what to write; nothing starts with one."""

from __future__ import annotations

import re
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

import pytest
from conftest import ROOT

from bot import serving
from bot.serving import SETTINGS, SettingError, Webhook

FOLDER = Path("data")
TOKEN = "123456:ABC-def_1"


def read(*flags: str, **environ: str) -> serving.Serving:
    """Read settings."""
    parser = ArgumentParser()
    serving.add_arguments(parser)
    return serving.read(parser.parse_args(flags), environ, FOLDER)


def problems(*flags: str, **environ: str) -> list[str]:
    """Return what is wrong with settings."""
    with pytest.raises(SettingError) as told:
        read(*flags, **environ)
    return told.value.problems


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_BOT_TOKEN", "hello"),
        ("TELEGRAM_BOT_TOKEN", "1:x y"),
        ("TELEGRAM_API_BASE", "ftp://x"),
        ("TELEGRAM_API_BASE", "127.0.0.1:8081"),
        ("TELEGRAM_API_BASE", "https://x/?a=b"),
        ("TELEGRAM_MODE", "push"),
        ("WEBHOOK_URL", "bot.example.org"),
        ("WEBHOOK_URL", "http://bot.example.org"),
        ("WEBHOOK_URL", "https://bot.example.org:8080"),
        ("WEBHOOK_URL", "https://bot.example.org/path"),
        ("WEBHOOK_URL", "https://user:pw@bot.example.org"),
        ("WEBHOOK_URL", "https://bot.example.org:99999"),
        ("WEBHOOK_URL", "https://"),
        ("WEBHOOK_SECRET", "with space"),
        ("WEBHOOK_SECRET", "x" * 257),
        ("WEBHOOK_CERT", "only.pem"),
        ("LISTEN", "8000"),
        ("LISTEN", ":8000"),
        ("LISTEN", "127.0.0.1:0"),
        ("LISTEN", "127.0.0.1:70000"),
        ("LISTEN", "127.0.0.1:http"),
        ("LEDGER_URL", "mysql://x/y"),
        ("MAINTAINERS", "alice"),
        ("NOTICE_WAIT", "-1"),
        ("NOTICE_WAIT", "a day"),
        ("NOTICE_WAIT", "721"),
        ("NOTICE_WAIT", "nan"),
        ("MAINTAINERS", "1, 2x"),
    ],
)
def test_a_wrong_setting_is_told_with_its_name_and_what_to_write(name: str, value: str) -> None:
    found = problems(**{name: value})
    assert all(name in problem for problem in found)
    assert all(problem.endswith("。") for problem in found)


def test_all_mistakes_are_told_at_once() -> None:
    found = problems(
        "--mode", "push", "--listen", "x", TELEGRAM_BOT_TOKEN="?", WEBHOOK_URL="x", MAINTAINERS="me"
    )  # fmt: skip
    assert len(found) == 5


def test_a_webhook_needs_an_address_and_a_token() -> None:
    assert len(problems("--mode", "webhook")) == 2


def test_no_secret_is_repeated_in_what_is_told() -> None:
    told = "\n".join(
        problems(TELEGRAM_BOT_TOKEN="1:se cret", WEBHOOK_SECRET="my secret", LEDGER_URL="mysql://u:pw@h/d")
    )
    assert "se cret" not in told
    assert "my secret" not in told
    assert "pw" not in told


def test_without_anything_it_polls_and_keeps_its_ledger_beside_the_index() -> None:
    found = read()
    assert (found.token, found.webhook, found.maintainers) == (None, None, frozenset())
    assert found.listen == ("127.0.0.1", 8000)
    assert found.ledger == str(FOLDER / "ledger.sqlite")


def test_empty_values_are_none_at_all() -> None:
    assert read(**dict.fromkeys((n for _, n, _, _ in SETTINGS), " ")) == read()


def test_a_flag_goes_before_the_environment() -> None:
    found = read("--maintainers", "1", "--listen", "[::1]:99", MAINTAINERS="2", LISTEN="0.0.0.0:80")
    assert (found.maintainers, found.listen) == (frozenset({1}), ("::1", 99))


def test_ids_are_parted_by_commas_of_any_kind_and_may_be_groups() -> None:
    assert read(MAINTAINERS="1, -1002,3;4").maintainers == {1, -1002, 3, 4}


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9", "http://localhost:1234/", "https://bot.example.org:8443"]
)
def test_a_webhook_may_be_https_or_on_this_machine(url: str) -> None:
    found = read(TELEGRAM_MODE="webhook", WEBHOOK_URL=url, WEBHOOK_SECRET="s-1", TELEGRAM_BOT_TOKEN=TOKEN)
    assert found.webhook == Webhook(url.rstrip("/"), "s-1")


def test_workers_that_know_the_token_know_the_secret_and_it_tells_nobody_the_token() -> None:
    values = {"TELEGRAM_MODE": "webhook", "WEBHOOK_URL": "https://x.org", "TELEGRAM_BOT_TOKEN": TOKEN}
    one, two = read(**values).webhook, read(**{**values, "TELEGRAM_BOT_TOKEN": "1:other"}).webhook
    assert one is not None
    assert two is not None
    assert one == read(**values).webhook
    assert one.secret != two.secret
    assert TOKEN not in one.secret
    assert len(one.secret) <= 256


def test_flags_have_the_environments_words() -> None:
    for flag, name, _, _ in SETTINGS:
        assert flag.strip("-").replace("-", "_").upper() in (name, name.replace("TELEGRAM_MODE", "MODE"))


def test_run_starts_nothing_with_a_wrong_setting(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "bot.py",
        "run",
        "--mode",
        "push",
        "--data-dir",
        str(tmp_path),
        "--listen",
        "x",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.returncode == 2
    assert "--mode" in done.stderr
    assert "--listen" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_options_of_other_commands_need_no_such_flags() -> None:
    assert serving.read(Namespace(), {}, FOLDER).token is None


@pytest.mark.parametrize(("hours", "seconds"), [("", 43200), ("0", 0), ("0.5", 1800), ("720", 2_592_000)])
def test_a_changed_answer_waits_for_twelve_hours_unless_set_otherwise(hours: str, seconds: float) -> None:
    assert read(NOTICE_WAIT=hours).wait == seconds


def test_the_document_names_every_setting_and_no_other() -> None:
    text = (ROOT / "docs" / "telegram.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(--[a-z-]+)` \| `([A-Z_]+)` \|", text, flags=re.MULTILINE)
    assert told == [(flag, name) for flag, name, _, _ in SETTINGS]
