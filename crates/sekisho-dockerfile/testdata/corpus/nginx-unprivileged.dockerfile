FROM nginxinc/nginx-unprivileged:1.27
COPY --chown=101:101 dist /usr/share/nginx/html
HEALTHCHECK CMD curl -f http://localhost:8080/ || exit 1
