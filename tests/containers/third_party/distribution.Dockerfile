# A plain distribution with its own Python, which wants a virtual environment (PEP 668); everything in /app, as root.
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-venv
RUN python3 -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY . /app
WORKDIR /app
RUN pip install -r requirements.txt
RUN pip install gunicorn pymysql
ENV FLASK_APP=microblog.py
EXPOSE 5000
ENTRYPOINT ["./boot.sh"]
