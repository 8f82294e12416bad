FROM alpine:latest
RUN apk add --no-cache --virtual=.deps build-base
CMD ["sh"]
