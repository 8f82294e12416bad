FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends a=1 b c/bookworm ./d.deb && rm -rf /var/lib/apt/lists/*
RUN apt-get install -y -t bookworm-backports e
RUN apt-get install -y $PACKAGES
RUN apt-get -y --no-install-recommends -o Dpkg::Options::=--force-confnew install f
RUN DEBIAN_FRONTEND=noninteractive apt-get install -yqq g
