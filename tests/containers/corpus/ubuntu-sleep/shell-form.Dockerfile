FROM ubuntu:24.04 AS sleep
CMD sleep infinity
