# syntax=docker/dockerfile:1

FROM eclipse-temurin:21.0.12_8-jdk AS build
WORKDIR /src
COPY .mvn .mvn
COPY mvnw pom.xml ./
RUN --mount=type=cache,target=/root/.m2 ./mvnw -B -q dependency:go-offline
COPY src src
COPY routes routes
COPY deploy/notice.ftl deploy/
RUN --mount=type=cache,target=/root/.m2 ./mvnw -B -q package -DskipTests

FROM eclipse-temurin:21.0.12_8-jre AS runtime
RUN useradd --system --no-create-home --home-dir /opt/byo-email --uid 10001 byo \
    && install -d -o byo -g byo /opt/byo-email /var/lib/byo-email
WORKDIR /opt/byo-email

# Runs the gateway once, in the folder and by the JVM that it will have, to archive its classes.
FROM runtime AS extract
COPY deploy/extract.sh /build/
COPY routes /build/routes
COPY --from=build /src/target/byo-email.jar /build/
USER byo
RUN BYO_ROUTES_DIR=/build/routes /build/extract.sh /build/byo-email.jar /opt/byo-email

FROM runtime
# Owned by root, and what changes least first; the jar and its archive stay together.
COPY --from=extract /opt/byo-email/lib lib
COPY --from=extract /opt/byo-email/byo-email.jar /opt/byo-email/byo-email.jsa ./
# What it is made of, and by whose licences; in the jar, too.
COPY --from=build /src/target/classes/META-INF/NOTICE /src/target/classes/META-INF/sbom/application.cdx.json ./
# The routes stay files, so that they can be read, changed and mounted.
COPY routes routes
USER byo
# Routes are read once: whoever mounts others and edits them sets this to true.
ENV BYO_DATA_DIR=/var/lib/byo-email \
    BYO_ROUTES_RELOAD=false \
    JAVA_OPTS=""
VOLUME /var/lib/byo-email
EXPOSE 8080
# No curl is needed: the readiness group answers 200 with "UP".
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${SERVER_PORT:-8080} && printf 'GET /actuator/health/readiness HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && grep -q '\"UP\"' <&3"]
# A JVM that the archive does not fit (JAVA_OPTS may choose one) goes on without it. One that is out of memory ends,
# so that its mailboxes go to another node and a mail that does it again is found.
ENTRYPOINT ["bash", "-c", "exec java -XX:+ExitOnOutOfMemoryError -XX:MaxRAMPercentage=60 -XX:SharedArchiveFile=byo-email.jsa $JAVA_OPTS -jar byo-email.jar \"$@\"", "--"]
