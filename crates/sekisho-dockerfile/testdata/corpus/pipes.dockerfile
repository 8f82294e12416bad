FROM debian:12
RUN cat /etc/passwd | grep root
RUN set -o pipefail && cat /etc/passwd | grep root
RUN echo hello | tee /hello
RUN ["sh", "-c", "a | b"]
RUN bash -o pipefail -c "a | b"
