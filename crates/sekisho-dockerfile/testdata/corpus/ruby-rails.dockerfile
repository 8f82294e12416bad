FROM ruby:3.3
RUN apt-get update -qq && apt-get install -y nodejs postgresql-client
RUN gem install bundler
RUN gem install rails:7.1.0 rake --version 13.0.0
WORKDIR /myapp
COPY Gemfile /myapp/Gemfile
COPY Gemfile.lock /myapp/Gemfile.lock
RUN bundle install
COPY entrypoint.sh /usr/bin/
RUN chmod +x /usr/bin/entrypoint.sh
ENTRYPOINT ["entrypoint.sh"]
EXPOSE 3000
CMD ["rails", "server", "-b", "0.0.0.0"]
