FROM hashicorp/terraform:1.9
RUN apk add --update --no-cache python3 py3-pip && pip3 install --break-system-packages awscli
RUN wget -q https://example.org/tflint.zip && unzip tflint.zip -d /usr/local/bin && rm tflint.zip
ENTRYPOINT []
CMD ["/bin/sh"]
