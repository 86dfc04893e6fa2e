FROM python:3.13-slim-trixie
RUN useradd microblog
WORKDIR /home/microblog
COPY requirements.txt requirements.txt
RUN pip install --no-cache-dir -r requirements.txt
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
