# All of the context at once, the strict shell, and the translations compiled while building, with no setting given.
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
SHELL ["/bin/bash", "-eux", "-o", "pipefail", "-c"]
RUN useradd microblog
WORKDIR /home/microblog
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt && pip install --no-cache-dir gunicorn pymysql
ADD . .
ENV FLASK_APP=microblog.py
RUN flask translate compile && chmod a+x boot.sh && chown -R microblog:microblog .
SHELL ["/bin/sh", "-c"]
LABEL maintainer="a student" version="1.0"
USER microblog
EXPOSE 5000
ENTRYPOINT ["./boot.sh"]
