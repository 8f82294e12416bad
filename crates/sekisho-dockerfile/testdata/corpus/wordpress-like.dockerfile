FROM php:8.3-fpm-alpine
RUN set -eux; apk add --no-cache bash ghostscript imagemagick
RUN set -ex; \
	apk add --no-cache --virtual .build-deps $PHPIZE_DEPS freetype-dev libpng-dev; \
	docker-php-ext-install -j "$(nproc)" bcmath exif gd; \
	apk del --no-network .build-deps
RUN set -eux; curl -o wordpress.tar.gz -fL "https://example.org/wordpress.tar.gz"; \
	echo "abc *wordpress.tar.gz" | sha1sum -c -; \
	tar -xzf wordpress.tar.gz -C /usr/src/; rm wordpress.tar.gz
VOLUME /var/www/html
COPY --chown=www-data:www-data wp-config-docker.php /usr/src/wordpress/
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["php-fpm"]
