# escape=\
from python:3.13-slim-trixie as base
env DATA_DIR=/data
run useradd -u 1001 blog

from base as final
workdir /srv
copy --chown=blog requirements.txt .
run pip install --no-cache-dir -r ./requirements.txt
copy --chown=blog app ./app/
copy --chown=blog migrations ./migrations/
copy --chown=blog microblog.py config.py boot.sh ./
run chmod 0755 boot.sh && mkdir -m 700 /data && chown blog /data && chown blog .
user blog
expose 5000
volume /data
stopsignal SIGINT
entrypoint ["/srv/boot.sh"]
cmd ["web"]
