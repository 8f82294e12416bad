ARG REGISTRY=docker.io
ARG TAG=3.20
FROM ${REGISTRY}/library/alpine:${TAG} AS a
ARG TAG
FROM alpine:${MISSING:-3.19}
FROM alpine:${TAG%.*}
FROM ${UNSET}
FROM a AS b
