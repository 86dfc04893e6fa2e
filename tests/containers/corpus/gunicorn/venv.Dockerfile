FROM python:3.13-slim-trixie
RUN useradd microblog
WORKDIR /home/microblog
COPY requirements.txt requirements.txt
RUN python3 -m venv venv
RUN venv/bin/pip install --no-cache-dir -r requirements.txt
RUN venv/bin/pip install --no-cache-dir gunicorn pymysql
COPY app app
COPY migrations migrations
COPY microblog.py config.py boot.sh ./
RUN chmod +x boot.sh
ENV FLASK_APP=microblog.py
ENV DATA_DIR=/data
RUN mkdir /data && chown -R microblog:microblog ./ /data
USER microblog
VOLUME /data
EXPOSE 5000
ENTRYPOINT ["./boot.sh"]
