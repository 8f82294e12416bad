FROM nginx:1.27-alpine
COPY nginx.conf /etc/nginx/nginx.conf
COPY dist /usr/share/nginx/html
RUN chmod -R 777 /var/cache/nginx && rm -f /etc/nginx/conf.d/default.conf
EXPOSE 80 443
