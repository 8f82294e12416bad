FROM jenkins/agent:latest-jdk17
USER root
RUN apt-get update && apt-get install -y docker.io && usermod -aG docker jenkins
RUN curl -LO https://example.org/kubectl && chmod +x kubectl && mv kubectl /usr/local/bin
RUN curl -fsSL https://example.org/helm.sh | bash
USER jenkins
