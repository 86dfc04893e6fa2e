FROM ubuntu:24.04
ENTRYPOINT ["sleep", "3600"]
