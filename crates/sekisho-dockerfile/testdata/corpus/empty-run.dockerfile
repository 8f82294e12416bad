FROM debian:12.7
RUN
