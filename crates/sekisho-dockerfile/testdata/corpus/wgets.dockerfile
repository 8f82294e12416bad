FROM debian:12
RUN wget https://example.org/a
RUN wget -q https://example.org/a
RUN wget --progress=dot:giga https://example.org/a
RUN wget -nv https://example.org/a
RUN wget -o /log https://example.org/a
RUN curl -O https://example.org/a
