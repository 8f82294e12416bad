FROM opensuse/leap:15.6
RUN zypper install httpd
RUN zypper -n in httpd=2.4 && zypper clean
RUN zypper --non-interactive install -y git && zypper clean --all
RUN zypper dist-upgrade -y
RUN zypper update -y
