FROM debian:12.7
RUNN echo
COPY onlyone
