FROM debian:12.7-slim@sha256:0000000000000000000000000000000000000000000000000000000000000000
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates=20230311 curl=7.88.1-10+deb12u7 \
 && rm -rf /var/lib/apt/lists/* \
 && curl -fsSL -o /usr/local/bin/t https://example.org/t \
 && echo "abc  /usr/local/bin/t" | sha256sum -c - \
 && chmod 755 /usr/local/bin/t
USER 10001
HEALTHCHECK NONE
ENTRYPOINT ["/usr/local/bin/t"]
