FROM python:3.13-slim-trixie
SHELL ["/bin/bash", "-eux", "-o", "pipefail", "-c"]
ENV FLASK_APP=microblog.py DATA_DIR=/data
WORKDIR /home/microblog
COPY requirements.txt ./
RUN useradd microblog \
 && install -d -o microblog -m 775 /data \
 && pip install --no-cache-dir -r requirements.txt
VOLUME /data
EXPOSE 5000
HEALTHCHECK --interval=30s --timeout=3s --retries=3 CMD ["python", "-I", "app/ops/probe.py"]
ENTRYPOINT ["./boot.sh"]
LABEL maintainer="Camille" version="1.0"
COPY . .
RUN chmod +x boot.sh
SHELL ["/bin/sh", "-c"]
USER microblog
