# hadolint global ignore=DL3008,DL3007
FROM debian:latest
RUN apt-get install -y --no-install-recommends curl
