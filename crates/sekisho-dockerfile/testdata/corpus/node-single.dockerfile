FROM node:latest
MAINTAINER Web Team <web@example.org>
ADD . /usr/src/app
WORKDIR /usr/src/app
RUN npm install -g pm2 && npm install
EXPOSE 3000
CMD pm2-runtime start app.js
