ENV A=b
RUN true
FROM alpine:3.20
