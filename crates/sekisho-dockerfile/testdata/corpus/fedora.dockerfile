FROM fedora:40
RUN dnf install httpd
RUN dnf -y install httpd-2.4.62 && dnf clean all
RUN dnf install -y git && rm -rf /var/cache/dnf
RUN dnf update -y
RUN microdnf install -y tar
