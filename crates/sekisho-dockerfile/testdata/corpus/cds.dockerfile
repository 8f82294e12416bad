FROM debian:12
RUN cd /tmp && make
RUN make && cd /tmp && make
RUN (cd /tmp && make)
RUN cd /tmp
