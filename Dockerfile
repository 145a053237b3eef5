# 去向。不以 root 运行,根文件系统可以只读,要写的只有 /data。
FROM python:3.13-slim-trixie AS made
WORKDIR /app
RUN python -m venv /venv
COPY requirements.txt ./
# psycopg is for a ledger in PostgreSQL; the wheels of all else are pinned by hash.
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt \
 && /venv/bin/pip install --no-cache-dir "psycopg[binary]>=3.3,<4"

FROM python:3.13-slim-trixie
RUN apt-get update \
 && apt-get install -y --no-install-recommends fontconfig fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin quxiang \
 && install -d -o 10001 -g 10001 /data
WORKDIR /app
COPY --from=made /venv /venv
COPY bot.py ./
COPY bot ./bot
COPY handlers ./handlers
COPY knowledge ./knowledge
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data LISTEN=0.0.0.0:8000 LOG_FORMAT=json XDG_CACHE_HOME=/tmp
USER 10001:10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["python", "bot.py"]
CMD ["run"]
