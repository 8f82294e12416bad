# syntax=docker/dockerfile:1-labs
FROM debian:12.7
RUN --security=insecure --mount=type=bind,target=/src make
RUN --network=host curl -f http://localhost
RUN --network=none true
