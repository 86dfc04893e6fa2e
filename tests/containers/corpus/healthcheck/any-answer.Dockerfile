FROM python:3.13-slim-trixie
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY app.py probe.py ./
HEALTHCHECK CMD python3 -c "import socket; socket.create_connection(('127.0.0.1', 5000))"
STOPSIGNAL SIGINT
EXPOSE 5000
CMD ["flask", "run", "-h", "0.0.0.0"]
