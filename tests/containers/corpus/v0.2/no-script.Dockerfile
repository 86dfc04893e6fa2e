FROM ubuntu:24.04
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 python3-venv \
 && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.txt /tmp/requirements.txt
RUN pip install --no-cache-dir -r /tmp/requirements.txt
ENV FLASK_APP=microblog.py
COPY . /app
WORKDIR /app
STOPSIGNAL SIGINT
EXPOSE 5000
CMD ["flask", "run", "--host=0.0.0.0"]
