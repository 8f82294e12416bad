FROM ubuntu
RUN apt update
RUN apt install python3 curl wget git vim sudo
RUN apt-get upgrade -y
RUN wget https://example.org/tool.tar.gz && tar xzf tool.tar.gz && cd tool && ./configure && make && sudo make install
RUN echo "root:toor" | chpasswd
EXPOSE 22
CMD service ssh start && tail -f /dev/null
