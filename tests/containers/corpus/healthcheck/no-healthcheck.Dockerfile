FROM python:3.13-slim-trixie
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY app.py probe.py ./
STOPSIGNAL SIGINT
EXPOSE 5000
CMD ["flask", "run", "-h", "0.0.0.0"]
