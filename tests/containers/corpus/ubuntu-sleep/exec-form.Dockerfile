FROM ubuntu:24.04
CMD ["/bin/sleep", "3600"]
