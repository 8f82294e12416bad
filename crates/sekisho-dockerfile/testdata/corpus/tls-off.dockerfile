FROM debian:12.7
ENV NODE_TLS_REJECT_UNAUTHORIZED=0
RUN curl -k https://example.org/a -o a && chmod +x a
RUN wget -q --no-check-certificate https://example.org/b
RUN npm config set strict-ssl false && git config --global http.sslVerify false
RUN pip install --no-cache-dir --trusted-host example.org pkg==1
RUN echo 'Acquire::https::Verify-Peer "false";' > /etc/apt/apt.conf.d/99
