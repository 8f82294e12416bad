FROM debian:12.7
RUN curl -fsSL https://example.org/key | apt-key add -
RUN echo "deb [trusted=yes] https://example.org/ stable main" > /etc/apt/sources.list.d/x.list
RUN apt-get update && apt-get install -y --no-install-recommends --allow-unauthenticated x=1 && rm -rf /var/lib/apt/lists/*
RUN rpm -i --nosignature x.rpm
