# The same on Alpine, whose C library is musl: the lock has its wheels too. A file of its own, since Alpine has no
# stand-in: this needs Docker Hub, or a mirror of it.
ARG BASE_IMAGE=python:3.13-alpine
FROM ${BASE_IMAGE}

# As in Dockerfile: settings, then requirements alone, so that the packages stay cached.
ENV FLASK_APP=microblog.py APP_ENVIRONMENT=PROD DATA_DIR=/data
WORKDIR /home/microblog
COPY requirements.txt ./

# Alpine has adduser, of BusyBox, in place of useradd. Only wheels: a package without one would need a compiler.
RUN adduser -D -u 10001 microblog \
 && install -d -o microblog -g root -m 775 /data \
 && PYTHONDONTWRITEBYTECODE=1 SOURCE_DATE_EPOCH=0 \
    pip install --no-cache-dir --root-user-action=ignore --only-binary=:all: --require-hashes -r requirements.txt \
 && python -c 'import flask_migrate, flask_smorest, gunicorn.app.wsgiapp, redis'

# What the container is, as in Dockerfile; the code comes last, since it changes most.
VOLUME /data
EXPOSE 5000
HEALTHCHECK --interval=30s --timeout=3s --start-period=60s --retries=3 CMD ["python", "-I", "app/ops/probe.py"]
ENTRYPOINT ["./boot.sh"]
COPY . .

# As in Dockerfile: line ends and modes of the checkout, and what each start would compile.
RUN sed -i 's/\r$//' boot.sh \
 && chmod -R u=rwX,go=rX . \
 && chmod +x boot.sh \
 && python -Bc 'import pathlib; from app.i18n import catalogues as c; c.compile_all(pathlib.Path("app/translations"), pathlib.Path("/data"))' \
 && SOURCE_DATE_EPOCH=0 python -m compileall -q app migrations config.py microblog.py \
 && rm -rf docker

# By number, as orchestrators check it.
USER 10001:10001
