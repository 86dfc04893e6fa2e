FROM python:3.13-slim-trixie
WORKDIR /app
COPY requirements.txt /app/
RUN pip3 install --no-cache-dir --upgrade pip && pip3 install --no-cache-dir -r requirements.txt
COPY . /app
RUN chmod +x boot.sh && useradd blog
ENV DATA_DIR=/data
VOLUME /data
EXPOSE 5000
RUN printf '#!/bin/sh\nset -e\nmkdir -p /data\nchown -R blog /data /app\nexec setpriv --reuid=blog --regid=blog --init-groups ./boot.sh "$@"\n' > /start.sh && chmod +x /start.sh
ENTRYPOINT ["/start.sh"]
