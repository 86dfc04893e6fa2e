FROM python:3.13-slim-trixie
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY app app
COPY migrations migrations
COPY microblog.py config.py boot.sh ./
RUN chmod +x boot.sh && useradd blog && mkdir /data
ENV DATA_DIR=/data
VOLUME /data
EXPOSE 5000
USER blog
ENTRYPOINT ["./boot.sh"]
