FROM python:3.13-slim-trixie AS packages
COPY requirements.txt /tmp/
RUN python3 -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir -r /tmp/requirements.txt

FROM python:3.13-slim-trixie
ENV PATH=/opt/venv/bin:$PATH DATA_DIR=/data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY app app/
COPY migrations migrations/
COPY ["microblog.py", "config.py", "boot.sh", "./"]
RUN useradd blog && chmod 755 boot.sh && install -d -o blog /data && chown -R blog app
VOLUME /data
EXPOSE 5000
USER blog
ENTRYPOINT ["/app/boot.sh"]
