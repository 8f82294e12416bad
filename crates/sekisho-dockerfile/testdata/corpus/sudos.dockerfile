FROM debian:12
RUN sudo apt-get update
RUN apt-get update && apt-get install -y --no-install-recommends sudo=1 && rm -rf /var/lib/apt/lists/*
RUN su -c 'ls' root
RUN echo sudo
