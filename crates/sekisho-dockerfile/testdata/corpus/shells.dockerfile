FROM debian:12
RUN ln -sfv /bin/bash /bin/sh
SHELL ["/bin/bash", "-c"]
RUN wget -O - https://example.org | wc -l > /number
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN wget -O - https://example.org | wc -l > /number
