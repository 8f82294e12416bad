FROM debian:12.7
ENV HOME /root
ENV A b c d
LABEL key value with spaces
ENV X="1 2" Y=3
