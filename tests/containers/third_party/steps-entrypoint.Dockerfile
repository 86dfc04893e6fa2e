# As a course's students write it: an unprivileged user, everything copied in steps, boot.sh as the entry point.
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
RUN chmod a+x boot.sh
ENV FLASK_APP microblog.py
RUN chown -R microblog:microblog ./
USER microblog
EXPOSE 5000
ENTRYPOINT ["./boot.sh"]
