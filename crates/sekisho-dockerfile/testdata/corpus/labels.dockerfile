FROM debian:12
LABEL Good-Key=a bad__key=b com.docker.x=y
LABEL org.opencontainers.image.title="x" -lead=a trail-=b a..b=c
LABEL maintainer="x"
