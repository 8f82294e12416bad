FROM debian:12.7
RUN ["apt-get", "install", "curl"]
RUN ["/bin/bash", "-c", "sudo true"]
