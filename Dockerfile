# One image for web, worker and sweep; the command says which. Servers (PostgreSQL, Valkey) are not in it.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DERISK_HOME=/srv/derisk
WORKDIR /app

COPY requirements-boot.txt requirements.txt ./
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements-boot.txt \
    && .venv/bin/uv pip install --no-cache --compile-bytecode --require-hashes -r requirements.txt

COPY . .
# Fonts and static files are part of the image; the values below only let settings load while it is built.
RUN .venv/bin/python -m config.fonts \
    && SECRET_KEY=only-while-building-0123456789-abcdefghijklmnopqrstuvwxyz SITE_URL=https://localhost \
       DATABASE_URL=postgres://nobody@127.0.0.1:1/nothing REDIS_URL=redis://127.0.0.1:1/0 EMAIL_URL=dummymail:// \
       COLLECT=1 .venv/bin/python manage.py collectstatic --noinput \
    && useradd --system --home-dir /srv/derisk derisk \
    && mkdir /srv/erasures \
    && chown -R derisk /srv/derisk /srv/erasures

USER derisk
# The list of erasures outlives the container: a volume belongs there.
ENV PATH=/app/.venv/bin:$PATH PROCESS_NAME=web ERASURE_LIST=/srv/erasures/erasures.jsonl
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "8", "config.wsgi:application"]
