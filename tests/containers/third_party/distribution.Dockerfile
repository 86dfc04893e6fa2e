# A plain distribution with its own Python, everything in /app, as root.
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-pip
COPY . /app
WORKDIR /app
RUN pip install --break-system-packages -r requirements.txt
RUN pip install --break-system-packages gunicorn pymysql
ENV FLASK_APP=microblog.py
EXPOSE 5000
ENTRYPOINT ["./boot.sh"]
