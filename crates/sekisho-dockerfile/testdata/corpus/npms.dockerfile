FROM node:22.9
RUN npm install express
RUN npm install express@4.19.2
RUN npm install -g @angular/cli
RUN npm install -g @angular/cli@17.0.0 typescript@latest
RUN npm ci
RUN npm install
RUN yarn global add serve && yarn install
RUN yarn install && yarn cache clean
RUN npm install git+https://example.org/x.git#v1
