# All of the context at once and the strict shell to the end; started by bash, in production by a variable.
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
SHELL ["/bin/bash", "-eux", "-o", "pipefail", "-c"]
RUN useradd microblog
WORKDIR /home/microblog
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt && pip install --no-cache-dir gunicorn pymysql
ADD . .
RUN chmod a+x boot.sh && chown -R microblog:microblog .
ENV FLASK_APP=microblog.py APP_ENVIRONMENT=PROD
USER microblog
EXPOSE 5000
CMD ["/bin/bash", "./boot.sh"]
