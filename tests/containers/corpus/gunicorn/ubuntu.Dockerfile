FROM ubuntu:24.04
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 python3-venv \
 && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.txt /tmp/requirements.txt
RUN pip install --no-cache-dir --require-hashes -r /tmp/requirements.txt
RUN useradd microblog
WORKDIR /home/microblog
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
