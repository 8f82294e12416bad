FROM alpine:3.20
WORKDIR app
WORKDIR /srv
WORKDIR sub
WORKDIR "/quoted path"
ARG D=/x
WORKDIR $D
WORKDIR ${D}/y
