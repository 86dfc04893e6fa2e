ARG base=python:3.13-slim-trixie
from ${base}
run useradd microblog
workdir /home/microblog
copy requirements.txt requirements.txt
run pip install --no-cache-dir -r requirements.txt
expose 5000
env FLASK_APP=microblog.py DATA_DIR=/data
run install -d -o microblog /data
volume /data
copy --chown=microblog app app
copy --chown=microblog migrations migrations
copy --chown=microblog microblog.py config.py boot.sh ./
user microblog
run chmod +x boot.sh
entrypoint ["./boot.sh"]
