# A file of its own: the legacy builder builds all targets above the wanted one, so in the other file an Alpine image
# that can't be had would break them all. Alpine has no stand-in: this needs Docker Hub, or a mirror of it.
ARG BASE_IMAGE=alpine:3.22
FROM ${BASE_IMAGE} AS alpine

# Alpine has cowsay only in its repository "testing", whose address follows from that of "main", a mirror's too.
# Not pinned: the archive keeps only the latest version.
# hadolint ignore=DL3018
RUN testing=$(sed -n 's#/[^/]*/main$#/edge/testing#p' /etc/apk/repositories) \
 && apk add --no-cache --repository "$testing" cowsay fortune
COPY entrypoint.sh /
RUN sed -i 's/\r$//' /entrypoint.sh && chmod 755 /entrypoint.sh
USER 65534:65534
ENTRYPOINT ["/entrypoint.sh"]
