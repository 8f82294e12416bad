FROM debian:12.7
RUN set -eux; for p in a b c; do apt-get install -y --no-install-recommends "$p"; done; \
    if [ -f /x ]; then cd /x && make; else echo none; fi; \
    case "$(uname -m)" in x86_64) arch=amd64 ;; *) arch=other ;; esac; \
    while read -r l; do echo "$l"; done < /etc/passwd; \
    f() { curl -fsSL "$1" | tar xz; }; f https://example.org/x
