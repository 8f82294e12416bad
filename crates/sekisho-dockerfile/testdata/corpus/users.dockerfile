FROM debian:12
RUN useradd -u 123456 big
RUN useradd -l -u 123456 big2
RUN useradd -u 1000 small
RUN useradd --no-log-init --uid 123456 big3
USER root
RUN id
USER small
USER root
