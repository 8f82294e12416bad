FROM alpine:3.20
RUN apk update && apk add curl bash
RUN apk add --no-cache jq=1.7.1-r0 "git>2"
RUN apk --no-cache add openssl && apk upgrade
RUN apk add --virtual .build gcc musl-dev && make && apk del .build
