"""What the bot is put into service with: each file is read by what reads it, and holds to our rules."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT

from bot.serving import SETTINGS, TOKEN

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
UNIT = ROOT / "deploy" / "quxiang.service"
COMPOSE = ("compose.yaml", "compose.scaled.yaml")
KNOWN = {TOKEN, "FORWARDED_ALLOW_IPS", *(name for _, name, _, _ in SETTINGS)}


def faults(text: str) -> set[str]:
    """Return the rules of ours that a Dockerfile breaks."""
    lines = [
        line
        for line in re.sub(r"\\\n", " ", text).splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]
    steps = [
        (word.upper(), rest.strip()) for word, _, rest in (line.strip().partition(" ") for line in lines)
    ]
    said = dict(steps)
    found = set()
    if any(w == "FROM" and not re.match(r"\S+:[\w.-]*\d[\w.-]*-slim", rest) for w, rest in steps):
        found.add("base")
    if (
        said.get("USER", "0").split(":")[0] in ("0", "root")
        or not said.get("USER", "").replace(":", "").isdigit()
    ):
        found.add("user")
    if "HEALTHCHECK" not in said or "/healthz" not in said["HEALTHCHECK"]:
        found.add("health")
    if not said.get("ENTRYPOINT", "").startswith("["):
        found.add("signals")
    if any(w == "ADD" or (w == "COPY" and rest.split()[0] == ".") for w, rest in steps):
        found.add("copy")
    if any(
        "pip install" in rest and "requirements" in rest and "--require-hashes" not in rest
        for _, rest in steps
    ):
        found.add("hashes")
    if any(w in ("ENV", "ARG") and re.search("TOKEN|SECRET|PASSWORD|KEY", rest) for w, rest in steps):
        found.add("secret")
    if any("apt-get install" in rest and "rm -rf /var/lib/apt/lists" not in rest for _, rest in steps):
        found.add("lists")
    return found


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("-slim-trixie", ":latest", "base"),
        ("USER 10001:10001", "USER root", "user"),
        ("USER 10001:10001", "", "user"),
        ("/healthz", "/", "health"),
        ('ENTRYPOINT ["python", "bot.py"]', "ENTRYPOINT python bot.py", "signals"),
        ("COPY bot.py ./", "COPY . ./", "copy"),
        ("--require-hashes ", "", "hashes"),
        ("VOLUME /data", "ENV TELEGRAM_BOT_TOKEN=1:x", "secret"),
        (" && rm -rf /var/lib/apt/lists/*", " && true", "lists"),
    ],
)
def test_a_dockerfile_that_breaks_a_rule_is_found(old: str, new: str, rule: str) -> None:
    assert old in DOCKERFILE
    assert faults(DOCKERFILE.replace(old, new)) == {rule}


def test_the_dockerfile_breaks_none() -> None:
    assert faults(DOCKERFILE) == set()


def test_what_the_image_copies_is_there_and_reaches_the_build() -> None:
    let_in = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE))
    copied = set(re.findall(r"^COPY (?!--from)(\S+) ", DOCKERFILE, flags=re.MULTILINE))
    assert copied == let_in
    assert all((ROOT / name).exists() for name in copied)


@pytest.mark.parametrize("name", COMPOSE)
def test_every_service_is_confined_and_opens_no_port_but_what_it_must(name: str) -> None:
    services: dict[str, Any] = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))["services"]
    for service, told in services.items():
        assert "no-new-privileges:true" in told["security_opt"], service
        assert not told.get("privileged"), service
        if service != "db":  # its image begins as root and becomes another
            assert (told["read_only"], told["cap_drop"]) == (True, ["ALL"]), service
        for port in told.get("ports", ()):
            assert service == "nginx" or port.startswith("127.0.0.1:"), port
        for value in told.get("environment", {}).values():
            assert "PASSWORD" not in value or "${POSTGRES_PASSWORD:?" in value
        if told.get("build"):
            assert set(told.get("environment", {})) <= KNOWN
            assert int(told["stop_grace_period"].rstrip("s")) > 10, "SIGTERM is given ten seconds"
        for needed, how in told.get("depends_on", {}).items():
            assert needed in services
            assert how["condition"] == "service_healthy"


def test_the_files_that_compose_mounts_are_there() -> None:
    told = yaml.safe_load((ROOT / "compose.scaled.yaml").read_text(encoding="utf-8"))
    assert "./deploy/nginx.conf:/etc/nginx/nginx.conf:ro" in told["services"]["nginx"]["volumes"]
    assert (ROOT / "deploy" / "nginx.conf").is_file()


def test_the_unit_is_hardened_and_names_only_settings_there_are() -> None:
    lines = dict(
        line.split("=", 1)
        for line in UNIT.read_text(encoding="utf-8").splitlines()
        if re.match(r"\w+=", line)
    )
    for switch in (
        "NoNewPrivileges",
        "DynamicUser",
        "PrivateTmp",
        "PrivateDevices",
        "ProtectHome",
        "RestrictSUIDSGID",
    ):
        assert lines[switch] == "yes"
    assert (lines["ProtectSystem"], lines["CapabilityBoundingSet"], lines["UMask"]) == ("strict", "", "0077")
    assert int(lines["TimeoutStopSec"]) > 10
    assert {word.split("=")[0] for word in lines["Environment"].split()} <= {
        *KNOWN,
        "PYTHONDONTWRITEBYTECODE",
    }


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd-analyze: apt-get install systemd")
    # It wants a program that is there.
    unit = tmp_path / UNIT.name
    text = UNIT.read_text(encoding="utf-8")
    unit.write_text(
        text.replace("/opt/quxiang/.venv/bin/python", shutil.which("true") or ""), encoding="utf-8"
    )
    done = subprocess.run([program, "verify", str(unit)], capture_output=True, text=True, timeout=60)
    assert [line for line in (done.stdout + done.stderr).splitlines() if UNIT.name in line] == []


def test_the_proxy_hides_how_the_workers_are_and_believes_no_client() -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for path in ("/metrics", "/readyz"):
        assert f"location = {path} {{ return 404; }}" in text
    assert "access_log off;" in text
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "proxy_add_x_forwarded_for" not in text


@pytest.mark.needs
def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    nginx, openssl = shutil.which("nginx", path="/usr/sbin:/usr/bin:/bin"), shutil.which("openssl")
    if nginx is None or openssl is None:
        pytest.skip("no nginx or no openssl: apt-get install nginx openssl (.ci/run does)")
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=bot.example.org"]
    subprocess.run([*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    text = text.replace(" /tmp/", f" {tmp_path}/")
    # Names that only a network of containers knows, and folders of one.
    text = text.replace("worker:8000", "127.0.0.1:8000").replace("/etc/nginx/tls", str(tmp_path))
    (tmp_path / "nginx.conf").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [nginx, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
