FROM openjdk:8-jdk
ADD target/app.jar app.jar
VOLUME /tmp
ENV JAVA_OPTS=""
ENTRYPOINT exec java $JAVA_OPTS -jar /app.jar
