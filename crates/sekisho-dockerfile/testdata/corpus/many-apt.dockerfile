FROM ubuntu:24.04
RUN apt-get update
RUN apt-get install -y nginx
RUN apt-get install nginx=1.24
RUN apt-get update && apt-get dist-upgrade -y
RUN apt-get update && apt-get install -y --no-install-recommends curl && apt-get clean && rm -rf /var/lib/apt/lists
RUN apt-get autoremove -y
