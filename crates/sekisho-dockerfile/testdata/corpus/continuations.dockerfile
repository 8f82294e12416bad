FROM debian:12.7
RUN apt-get update && \
    # fetch the tools
    apt-get install -y --no-install-recommends \

      curl=1 \
    # and git
      git=2 \
    && rm -rf /var/lib/apt/lists/*
ENV A=1 \
    B=2
LABEL a=b \
      c=d
