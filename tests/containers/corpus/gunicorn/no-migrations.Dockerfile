FROM python:3.13-slim-trixie
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY app app
COPY migrations migrations
COPY microblog.py config.py ./
RUN useradd blog && mkdir /data && chown -R blog /data /app
ENV DATA_DIR=/data
VOLUME /data
EXPOSE 5000
USER blog
CMD gunicorn -b 0.0.0.0:5000 microblog:app
