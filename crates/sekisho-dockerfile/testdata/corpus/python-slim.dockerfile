FROM python:3.12-slim-bookworm
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1
RUN apt-get update \
 && apt-get install -y --no-install-recommends gcc libpq-dev \
 && pip install psycopg2==2.9.9 \
 && apt-get purge -y --auto-remove gcc \
 && rm -rf /var/lib/apt/lists/*
COPY app /app
USER 1000:1000
CMD ["python", "-m", "app"]
