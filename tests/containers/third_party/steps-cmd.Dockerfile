# The same, started by bash; and with a database of its own, in a folder that is not there yet.
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
RUN useradd microblog
WORKDIR /home/microblog
COPY requirements.txt requirements.txt
RUN pip install -r requirements.txt
RUN pip install gunicorn pymysql
COPY app app
COPY migrations migrations
COPY microblog.py config.py boot.sh ./
ENV FLASK_APP=microblog.py DATABASE_URL=sqlite:////home/microblog/database/site.db
RUN chown -R microblog:microblog ./
USER microblog
EXPOSE 5000
CMD ["/bin/bash", "./boot.sh"]
