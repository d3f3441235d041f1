# dnsproxy in an image without a shell: a runtime of the JDK's modules that are used, the libraries, the program, and a cache of classes
# that a run of the program has made. Build: docker build -t dnsproxy .   Check: .ci/image
ARG JDK_IMAGE=eclipse-temurin:25-jdk

FROM ${JDK_IMAGE} AS build

# Only the modules that are used; jcmd and Flight Recorder are for whoever looks for a fault. The JVM's options are the runtime's own
# defaults, which JAVA_TOOL_OPTIONS and the command line beat.
COPY src/main/docker/java.args /build/
RUN jlink --add-options="$(sed '/^#/d' /build/java.args | tr '\n' ' ')" --output /opt/java --no-header-files --no-man-pages --compress=zip-6 \
    --add-modules java.base,java.compiler,java.desktop,java.instrument,java.logging,java.management,java.naming,java.net.http,java.prefs,java.scripting,java.security.jgss,java.sql,java.xml,jdk.jcmd,jdk.jfr,jdk.management,jdk.management.agent,jdk.naming.dns,jdk.net,jdk.unsupported,jdk.zipfs

# The rest of what the runtime needs: its shared libraries as its own distribution has them, and a user.
RUN mkdir -p /image/etc /image/tmp && chmod 1777 /image/tmp \
    && find /opt/java -type f \( -name '*.so' -o -path '*/bin/*' \) -exec ldd {} + 2>/dev/null \
    | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (0x.*/\1/p' | grep -v '^/opt/java/' | sort -u \
    | while read -r library; do mkdir -p "/image$(dirname "$library")" && cp -L "$library" "/image$library"; done \
    && echo 'dnsproxy:x:65532:65532::/tmp:/nonexistent' > /image/etc/passwd \
    && echo 'dnsproxy:x:65532:' > /image/etc/group \
    && echo 'hosts: files dns' > /image/etc/nsswitch.conf

WORKDIR /build
COPY .mvn .mvn
COPY mvnw pom.xml ./
COPY src src
ARG MVN_OPTIONS=
RUN --mount=type=cache,target=/root/.m2 ./mvnw -B -q ${MVN_OPTIONS} -DskipTests package \
    && java -Djarmode=tools -jar target/dnsproxy.jar extract --layers --destination /layers \
    && mkdir -p /opt/dnsproxy && cp -a /layers/dependencies/. /layers/application/. /opt/dnsproxy/

# The run that makes the cache: it answers queries, from an upstream in the same process. The cache holds for this runtime, these
# paths and these files alone, which is why it is made where they are as they will be.
RUN --mount=type=cache,target=/root/.m2 ./mvnw -B -q ${MVN_OPTIONS} spring-boot:test-run -Dspring-boot.run.optimizedLaunch=false \
    -Dspring-boot.run.main-class=io.dnsproxy.benchmark.startup.Training \
    -Dspring-boot.run.arguments="/opt/dnsproxy/dnsproxy.aot /opt/java/bin/java -jar /opt/dnsproxy/dnsproxy.jar"

FROM scratch
ARG VERSION=0.1.0-SNAPSHOT
ARG REVISION=unknown
LABEL org.opencontainers.image.title="dnsproxy" \
      org.opencontainers.image.description="A DNS to DNS-over-TLS proxy" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /image/ /
COPY --from=build /opt/java/ /opt/java/
COPY --from=build /layers/dependencies/ /opt/dnsproxy/
COPY --from=build /layers/application/ /opt/dnsproxy/
COPY --from=build /opt/dnsproxy/dnsproxy.aot /opt/dnsproxy/
# Two of the C library's heaps do for all threads; more of them only keep what was freed.
ENV JAVA_HOME=/opt/java PATH=/opt/java/bin MALLOC_ARENA_MAX=2
USER 65532:65532
WORKDIR /tmp
EXPOSE 53/udp 53/tcp 8080/tcp
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["java", "-XX:AOTCache=/opt/dnsproxy/dnsproxy.aot", "-XX:TieredStopAtLevel=1", "-Xmx16m", \
         "-cp", "/opt/dnsproxy/dnsproxy.jar", "io.dnsproxy.app.HealthProbe"]
ENTRYPOINT ["java", "-XX:AOTCache=/opt/dnsproxy/dnsproxy.aot", "-jar", "/opt/dnsproxy/dnsproxy.jar"]
