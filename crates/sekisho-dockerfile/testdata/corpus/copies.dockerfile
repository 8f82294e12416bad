FROM alpine:3.20
COPY a b /dest
COPY a b /dest/
COPY a /dest
COPY a dest/
COPY ["a b", "c", "/dest"]
ADD a.tar.gz /
ADD https://example.org/f /f
ADD file.txt /file.txt
ADD *.tar /x/
ADD --checksum=sha256:0000000000000000000000000000000000000000000000000000000000000000 https://example.org/g /g
WORKDIR /w
COPY x y/
