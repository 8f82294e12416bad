# syntax=docker/dockerfile:1
FROM debian:12.7
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y --no-install-recommends gcc=4
RUN --mount=type=cache,target=/root/.cache/pip pip install x==1
RUN --mount=type=tmpfs,target=/var/cache/dnf dnf install -y x-1
