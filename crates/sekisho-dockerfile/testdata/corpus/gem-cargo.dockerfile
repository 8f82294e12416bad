FROM ruby:3.3-slim
RUN gem install rake bundler:2.5.0
RUN gem install --no-document fastlane -v 2.220.0
RUN cargo install ripgrep
RUN cargo install --locked bat@0.24.0
