# syntax=docker/dockerfile:1
FROM debian:12.7
RUN <<EOF
apt-get update
apt-get install -y curl
EOF
RUN <<-"SCRIPT" bash
	set -e
	echo $HOME | tee /home-dir
	SCRIPT
COPY <<CONF /etc/app.conf
key = value
CONF
RUN cat <<A <<B > /both
one
A
two
B
USER 1000
