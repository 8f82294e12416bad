FROM debian:bookworm-slim
RUN set -eux; groupadd -r postgres --gid=999; useradd -r -g postgres --uid=999 --home-dir=/var/lib/postgresql --shell=/bin/bash postgres
ENV LANG en_US.utf8
ENV PG_MAJOR=16 PG_VERSION=16.4-1.pgdg120+1
ENV PATH $PATH:/usr/lib/postgresql/$PG_MAJOR/bin
RUN set -ex; \
	key='B97B0AFCAA1A47F044F244A07FCC7D46ACCC4CF8'; \
	export GNUPGHOME="$(mktemp -d)"; \
	mkdir -p /usr/local/share/keyrings/; \
	gpg --batch --keyserver keyserver.example --recv-keys "$key"; \
	gpg --batch --export --armor "$key" > /usr/local/share/keyrings/postgres.gpg.asc; \
	gpgconf --kill all; \
	rm -rf "$GNUPGHOME"
RUN set -ex; \
	apt-get update; \
	apt-get install -y --no-install-recommends postgresql-$PG_MAJOR=$PG_VERSION; \
	rm -rf /var/lib/apt/lists/*
STOPSIGNAL SIGINT
EXPOSE 5432
CMD ["postgres"]
