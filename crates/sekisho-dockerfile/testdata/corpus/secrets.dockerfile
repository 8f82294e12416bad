FROM alpine:3.20
ARG NPM_TOKEN
ENV AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzzzz
ENV DATABASE_URL=postgres://app:hunter2@db:5432/app
RUN echo "//r.example/:_authToken=${NPM_TOKEN}" > ~/.npmrc && npm ci && rm ~/.npmrc
RUN git clone https://ann:hunter2@example.org/x.git
COPY id_rsa /root/.ssh/id_rsa
COPY .env /app/.env
RUN --mount=type=secret,id=npm NPM_TOKEN="$(cat /run/secrets/npm)" npm ci
