FROM debian:12
ENV A=1 B=$A
ENV C=2
ENV D=$C PATH=/x:$PATH
ENV E=3 F=${E}/x G="$E"
ENV H 1
