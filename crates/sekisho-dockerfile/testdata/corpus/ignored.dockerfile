FROM debian:12
# hadolint ignore=DL3008,DL3009,DL3015
RUN apt-get update && apt-get install -y curl
# hadolint ignore=DL3004
RUN sudo true
RUN sudo false
