FROM --platform=linux/amd64 alpine:3.20 AS a
FROM --platform=$BUILDPLATFORM alpine:3.20 AS b
FROM --platform=${TARGETPLATFORM} alpine:3.20
