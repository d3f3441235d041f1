package io.dnsproxy.app.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dnsproxy.testkit.ThrowawayAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;

/** Each setting that is wrong stops the start with one message: the setting as it was written, the fault, the mend. */
@ExtendWith(OutputCaptureExtension.class)
class RefusedSettingsTests {

    private static final String PIN = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    @ParameterizedTest(name = "{0}={1}")
    @CsvSource(delimiter = '|', textBlock = """
        SERVER_PORT           | abc                 | (dnsproxy.listen.port) is 'abc', which is no whole number.
        SERVER_PORT           | 70000               | (dnsproxy.listen.port) is 70000.
        SERVER_PORT           | -1                  | (dnsproxy.listen.port) is -1.
        SERVER_ADDRESS        | localhost           | (dnsproxy.listen.address) has 'localhost', which is no IP address.
        SERVER_ADDRESS        | 127.1               | (dnsproxy.listen.address) has '127.1', which is no IP address.
        SERVER_HOST           | 010.0.0.1           | (dnsproxy.listen.address) has '010.0.0.1', which is no IP address.
        SERVER_HOST           | 127.0.0.1,,::1      | (dnsproxy.listen.address) has an empty entry.
        SERVER_HOST           | fe80::1%nosuch      | (dnsproxy.listen.address) has 'fe80::1%nosuch', which is no IP address.
        RESOLVER_PORT         | 53                  | (dnsproxy.upstream.port) is 53, the port of plain DNS
        RESOLVER_PORT         | 0                   | (dnsproxy.upstream.port) is 0.
        RESOLVER_HOST         | ,                   | (dnsproxy.upstream.servers) has an empty entry.
        RESOLVER_HOST         | 8.8.8.8,,9.9.9.9    | (dnsproxy.upstream.servers) has an empty entry.
        RESOLVER_HOST         | 8.8.8.8,9.9.9.9@53  | (dnsproxy.upstream.servers[1].port) is 53, the port of plain DNS
        RESOLVER_HOST         | 8.8.8.8@0           | (dnsproxy.upstream.servers) has '8.8.8.8@0', where '0' is no port
        RESOLVER_HOST         | 8.8.8.8@65536       | (dnsproxy.upstream.servers[0].port) is 65536.
        RESOLVER_HOST         | 8.8.8.8,8.8.8.8@853 | (dnsproxy.upstream.servers[1].host) is '8.8.8.8', which is listed before
        RESOLVER_HOST         | 8.8.8.8:853         | (dnsproxy.upstream.servers) has '8.8.8.8:853', where the port stands after ':'
        RESOLVER_HOST         | 8.8.8.8 9.9.9.9     | (dnsproxy.upstream.servers[0].host) is '8.8.8.8 9.9.9.9', which is no IP address
        RESOLVER_HOST         | 8.8.8.888           | (dnsproxy.upstream.servers[0].host) is '8.8.8.888', which is no IP address
        RESOLVER_HOST         | a_b.example.org     | (dnsproxy.upstream.servers[0].host) is 'a_b.example.org', which is no IP address
        RESOLVER_HOST         | 8.8.8.8#            | (dnsproxy.upstream.servers) has '8.8.8.8#', where no name follows '#'.
        RESOLVER_HOST         | 8.8.8.8#8.8.8.8     | (dnsproxy.upstream.servers[0].name) is '8.8.8.8', which is no host name.
        RESOLVER_HOST         | tls://dns.example.org | (dnsproxy.upstream.servers) has 'tls://dns.example.org', a URL.
        RESOLVER_HOST         | 8.8.8.8,udp://9.9.9.9 | (dnsproxy.upstream.servers[1].host) is 'udp://9.9.9.9', plain DNS
        DNSPROXY_UPSTREAM_SERVERS | udp://9.9.9.9     | (dnsproxy.upstream.servers[0].host) is 'udp://9.9.9.9', plain DNS
        DNSPROXY_UPSTREAM_BOOTSTRAP | udp://9.9.9.9   | (dnsproxy.upstream.bootstrap[0].host) is 'udp://9.9.9.9', which is no IP address.
        RESOLVER_HOST         | [8.8.8.8]@853       | (dnsproxy.upstream.servers) has '[8.8.8.8]@853', whose brackets hold no IPv6
        DNSPROXY_UPSTREAM_SERVERS        | ''       | (dnsproxy.upstream.servers) is an empty list.
        DNSPROXY_LISTEN_ADDRESS          | ''       | (dnsproxy.listen.address) is an empty list.
        DNSPROXY_LISTEN_ALLOW            | ''       | (dnsproxy.listen.allow) is an empty list.
        DNSPROXY_LISTEN_ALLOW  | 10.0.0.0/33        | (dnsproxy.listen.allow) has '10.0.0.0/33', which is no network: '33'
        DNSPROXY_LISTEN_ALLOW  | 10.1.2.3/8         | (dnsproxy.listen.allow) has '10.1.2.3/8', which is no network: the address has bits
        DNSPROXY_LISTEN_ALLOW  | lan                | (dnsproxy.listen.allow) has 'lan', which is no network: 'lan' is no IP address.
        DNSPROXY_LISTEN_WORKERS | 1025              | (dnsproxy.listen.workers) is 1025.
        DNSPROXY_LISTEN_UDP_RECEIVE_BUFFER | 4KB    | (dnsproxy.listen.udp.receive-buffer) is 4096B.
        DNSPROXY_LISTEN_UDP_SEND_BUFFER | 4 apples  | (dnsproxy.listen.udp.send-buffer) is '4 apples', which is no size.
        DNSPROXY_LISTEN_TCP_IDLE_TIMEOUT | 2h       | (dnsproxy.listen.tcp.idle-timeout) is 7200s.
        DNSPROXY_LISTEN_TCP_MAXCONNECTIONS | 0      | (dnsproxy.listen.tcp.max-connections) is 0.
        DNSPROXY_LISTEN_UDP_ANYQUERIES | some       | (dnsproxy.listen.udp.any-queries) is 'some', which is no value that this setting can have.
        DNSPROXY_SPECIAL_NAMES_EXCEPT | corp..example.org | (dnsproxy.special-names.except) has 'corp..example.org', which is no domain name.
        DNSPROXY_COOKIES_SECRETS | 0123456789abcdef | (dnsproxy.cookies.secrets) has an entry that is not 32 hexadecimal digits.
        DNSPROXY_LISTEN_OTHERS | shoot              | (dnsproxy.listen.others) is 'shoot', which is no value that this setting can have.
        DNSPROXY_RATE_LIMIT_BURST | 10ms            | (dnsproxy.rate-limit.burst) is 10ms.
        DNSPROXY_RATE_LIMIT_EXEMPT | lan            | (dnsproxy.rate-limit.exempt) has 'lan', which is no network: 'lan' is no IP address.
        DNSPROXY_IDENTITY_ID   | zürich             | (dnsproxy.identity.id) is no text that fits a TXT record.
        DNSPROXY_UPSTREAM_BOOTSTRAP | dns.example.org | (dnsproxy.upstream.bootstrap[0].host) is 'dns.example.org', which is no IP address.
        DNSPROXY_UPSTREAM_BOOTSTRAP | 8.8.8.8@53    | (dnsproxy.upstream.bootstrap[0].port) is 53, the port of plain DNS
        DNSPROXY_UPSTREAM_BOOTSTRAP | 8.8.8.8@x     | (dnsproxy.upstream.bootstrap) has '8.8.8.8@x', where 'x' is no port
        DNSPROXY_UPSTREAM_SSL_BUNDLE | internal     | (dnsproxy.upstream.ssl-bundle) is 'internal', and there is no SSL bundle of that name.
        DNSPROXY_UPSTREAM_SOURCE_ADDRESS | ::1,::2  | (dnsproxy.upstream.source-address) has two addresses of one family: ::1, ::2.
        DNSPROXY_UPSTREAM_CONNECT_TIMEOUT | 5s      | (dnsproxy.upstream.connect-timeout) is 5s, longer than dnsproxy.upstream.total-timeout, which is 4s.
        DNSPROXY_UPSTREAM_ATTEMPT_TIMEOUT | 4001ms  | (dnsproxy.upstream.attempt-timeout) is 4001ms, longer than dnsproxy.upstream.total-timeout
        DNSPROXY_UPSTREAM_IDLETIMEOUT | soon        | (dnsproxy.upstream.idle-timeout) is 'soon', which is no time.
        DNSPROXY_UPSTREAM_SERVERS_1_HOST | 8.8.8.8  | (dnsproxy.upstream.servers[1].host) stands after a gap in the list.
        DNSPROXY_CACHE_MAX_SIZE | 100KB             | (dnsproxy.cache.max-size) is 102400B.
        DNSPROXY_CACHE_MIN_TTL | 2h                 | (dnsproxy.cache.min-ttl) is 7200s.
        DNSPROXY_CACHE_MAX_TTL | 0s                 | (dnsproxy.cache.max-ttl) is 0s.
        DNSPROXY_CACHE_MAX_NEGATIVE_TTL | 2d        | (dnsproxy.cache.max-negative-ttl) is 172800s.
        DNSPROXY_CACHE_STALE   | forever            | (dnsproxy.cache.stale) is 'forever', which is no time.
        DNSPROXY_CACHE_PREFETCH_MIN_HITS | 0        | (dnsproxy.cache.prefetch.min-hits) is 0.
        DNSPROXY_CACHE_PREFETCH_LAST_PERCENT | 100  | (dnsproxy.cache.prefetch.last-percent) is 100.
        DNSPROXY_CACHE_REDIS_TIMEOUT | 2s           | (dnsproxy.cache.redis.timeout) is 2s.
        DNSPROXY_CACHE_REDIS_KEY_PREFIX | a{b       | (dnsproxy.cache.redis.key-prefix) is 'a{b', which is no prefix.
        DNSPROXY_MAX_IN_FLIGHT | 0                  | (dnsproxy.max-in-flight) is 0.
        DNSPROXY_READINESS     | never              | (dnsproxy.readiness) is 'never', which is no value that this setting can have.
        DNSPROXY_SHUTDOWN_GRACE | -1s               | (dnsproxy.shutdown.grace) is -1s.
        DNSPROXY_SHUTDOWN_DELAY | 25s               | (dnsproxy.shutdown.delay) and dnsproxy.shutdown.grace are 35s together
        MANAGEMENT_SERVER_PORT | abc                | (server.port) is 'abc', which is no whole number.
        MANAGEMENT_SERVER_PORT | 70000              | (server.port) is 70000.
        """)
    void namesTheVariable(String variable, String value, String description, CapturedOutput output) {
        assertRefused(Start.with(variable, value), output);

        assertThat(output).contains("Description:\n\n" + variable + " " + description);
    }

    @ParameterizedTest(name = "{0}={1}")
    @CsvSource(delimiter = '|', textBlock = """
        SERVER_PORT                        | 70000       | Write a value from 0 to 65535.
        SERVER_ADDRESS                     | localhost   | Write IP addresses such as 127.0.0.1 or ::1
        RESOLVER_HOST                      | 8.8.8.8:853 | Write host, host@port, host#name or host@port#name, such as 8.8.8.8@853#dns.google
        RESOLVER_PORT                      | 53          | Write the server's DNS-over-TLS port, 853 at nearly all of them
        DNSPROXY_LISTEN_ALLOW              | lan         | Write networks such as 192.168.0.0/16 or fd00::/8
        DNSPROXY_LISTEN_UDP_SEND_BUFFER    | 4 apples    | Write a number with its unit, such as 512KB or 4MB.
        DNSPROXY_UPSTREAM_IDLE_TIMEOUT     | soon        | Write a number with its unit, such as 500ms, 10s or 2m.
        DNSPROXY_UPSTREAM_SSL_BUNDLE       | internal    | Set spring.ssl.bundle.pem.internal.truststore.certificate=file:/path/to/ca.pem.
        DNSPROXY_READINESS                 | never       | Write one of latched, upstream, always.
        """)
    void saysWhatToWriteInstead(String variable, String value, String action, CapturedOutput output) {
        assertRefused(Start.with(variable, value), output);

        assertThat(output).contains("Action:\n\n" + action);
    }

    @Test
    void refusesASharedCacheBehindNone(CapturedOutput output) {
        assertRefused(
                Start.with("DNSPROXY_CACHE_ENABLED", "false").and("DNSPROXY_CACHE_REDIS_ENABLED", "true"), output);

        assertThat(output)
                .contains(
                        "DNSPROXY_CACHE_REDIS_ENABLED (dnsproxy.cache.redis.enabled) is true, and dnsproxy.cache.enabled"
                                + " is false")
                .contains("Switch both on, or both off.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://:correct horse@127.0.0.1",
                "redis+tls://:correct@127.0.0.1",
                "redis://:correct%zz@127.0.0.1",
                "127.0.0.1"
            })
    void refusesAnAddressOfRedisWithoutShowingItsPassword(String url, CapturedOutput output) {
        assertRefused(Start.with("DNSPROXY_CACHE_REDIS_ENABLED", "true").and("SPRING_DATA_REDIS_URL", url), output);

        assertThat(output)
                .contains("SPRING_DATA_REDIS_URL (spring.data.redis.url) is no address of Redis")
                .contains("Write redis://user:password@host:port")
                .doesNotContain("correct");
    }

    @Test
    void refusesRedisByTheAddressesOfReplicas(CapturedOutput output) {
        assertRefused(
                Start.with("DNSPROXY_CACHE_REDIS_ENABLED", "true")
                        .and("SPRING_DATA_REDIS_MASTERREPLICA_NODES", "a.example.net:6379,b.example.net:6379"),
                output);

        assertThat(output)
                .contains("SPRING_DATA_REDIS_MASTERREPLICA_NODES (spring.data.redis.masterreplica.nodes) is set");
    }

    @Test
    void refusesAMinTtlAboveTheMaxTtl(CapturedOutput output) {
        assertRefused(Start.with("DNSPROXY_CACHE_MIN_TTL", "10m").and("DNSPROXY_CACHE_MAX_TTL", "5m"), output);

        assertThat(output)
                .contains("DNSPROXY_CACHE_MIN_TTL (dnsproxy.cache.min-ttl) is 600s, longer than dnsproxy.cache.max-ttl,"
                        + " which is 300s");
    }

    @Test
    void refusesAListInBothForms(CapturedOutput output) {
        assertRefused(
                Start.with("DNSPROXY_UPSTREAM_SERVERS", "8.8.8.8").and("DNSPROXY_UPSTREAM_SERVERS_0_HOST", "9.9.9.9"),
                output);

        assertThat(output).contains("DNSPROXY_UPSTREAM_SERVERS (dnsproxy.upstream.servers) is written in two forms");
    }

    @Test
    void namesTheFileAndTheLine(@TempDir Path folder, CapturedOutput output) throws IOException {
        Path file = folder.resolve("more.yml");
        Files.writeString(file, """
                dnsproxy.upstream.servers:
                  - host: 8.8.8.8
                    pins:
                      - %s
                      - sha256/abc
                """.formatted(PIN));

        assertRefused(Start.withArguments("--spring.config.additional-location=file:" + file), output);

        assertThat(output)
                .contains("dnsproxy.upstream.servers[0].pins[1] (")
                .contains("more.yml] - 5:9)")
                .contains("is 'sha256/abc', which is not the base64 of a SHA-256.");
    }

    @Test
    void refusesAMisspelledProperty(CapturedOutput output) {
        assertRefused(
                Start.withArguments(
                        "--dnsproxy.upstream.servers[0].host=8.8.8.8", "--dnsproxy.upstream.servers[0].pin=x"),
                output);

        assertThat(output).contains("dnsproxy.upstream.servers[0].pin (commandLineArgs) is no setting.");
    }

    @Test
    void refusesAPinOfAnotherLength(CapturedOutput output) {
        assertRefused(
                Start.withArguments(
                        "--dnsproxy.upstream.servers[0].host=8.8.8.8", "--dnsproxy.upstream.servers[0].pins=AAAA"),
                output);

        assertThat(output).contains("dnsproxy.upstream.servers[0].pins[0] (commandLineArgs) is 'AAAA', which is not");
    }

    @Test
    void refusesATrustStoreThatIsNotThere(CapturedOutput output) {
        assertRefused(
                Start.withArguments(
                        "--spring.ssl.bundle.pem.internal.truststore.certificate=file:/nonexistent/ca.pem",
                        "--dnsproxy.upstream.servers[0].host=8.8.8.8",
                        "--dnsproxy.upstream.servers[0].ssl-bundle=internal"),
                output);

        assertThat(output)
                .contains(
                        "dnsproxy.upstream.servers[0].ssl-bundle (commandLineArgs) is 'internal', a bundle whose trust"
                                + " store cannot be read: /nonexistent/ca.pem (No such file or directory).")
                .contains("Let spring.ssl.bundle.pem.internal.truststore.certificate name a file");
    }

    @Test
    void refusesATrustStoreThatIsGarbage(@TempDir Path folder, CapturedOutput output) throws IOException {
        Path file = Files.writeString(folder.resolve("ca.pem"), "no certificate\n");

        assertRefused(
                Start.with("DNSPROXY_UPSTREAM_SSLBUNDLE", "internal")
                        .and("SPRING_SSL_BUNDLE_PEM_INTERNAL_TRUSTSTORE_CERTIFICATE", "file:" + file),
                output);

        assertThat(output)
                .contains(
                        "DNSPROXY_UPSTREAM_SSLBUNDLE (dnsproxy.upstream.ssl-bundle) is 'internal', a bundle whose trust"
                                + " store cannot be read:");
    }

    @Test
    void refusesABundleWithoutATrustStore(CapturedOutput output) {
        assertRefused(
                Start.withArguments(
                        "--spring.ssl.bundle.pem.internal.truststore.certificate=",
                        "--dnsproxy.upstream.ssl-bundle=internal"),
                output);

        assertThat(output).contains("is 'internal', a bundle without a trust store.");
    }

    @Test
    void explainsAnAddressInUse(CapturedOutput output) {
        assertThat(catchThrowable(() -> Start.with("SERVER_PORT", "1053").run(WebApplicationType.NONE, Busy.class)))
                .isNotNull();

        assertThat(output)
                .contains(
                        "SERVER_PORT (dnsproxy.listen.port) is 1053, but another program listens on [::1] port 1053 already.")
                .contains("or take another port by SERVER_PORT");
        assertThat(output.toString().lines()).noneMatch(line -> line.startsWith("\tat "));
    }

    @Test
    void explainsHowToBindALowPort() {
        SettingException refused =
                SettingException.noPermission(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 53));

        assertThat(refused)
                .hasMessageContaining("127.0.0.1 port 53")
                .hasMessageContaining("SERVER_PORT=1053")
                .hasMessageContaining("net.ipv4.ip_unprivileged_port_start=53")
                .hasMessageContaining("CAP_NET_BIND_SERVICE");
        assertThat(refused.getStackTrace()).isEmpty();
    }

    @Test
    void explainsAnAddressOfAnotherMachine() {
        assertThat(SettingException.addressNotAvailable(new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 53)))
                .hasMessageStartingWith(
                        "dnsproxy.listen.address has 192.0.2.1, an address that this machine does not have.");
    }

    @ParameterizedTest(name = "{0} by {1}")
    @CsvSource(delimiter = '|', textBlock = """
        ''             | 10.0.0.53                     | [0].suffix is '', which is no domain name.
        .              | 10.0.0.53                     | [0].suffix is '.', which is no domain name.
        *.corp.test    | udp://dns.corp.test           | [0].servers[0].host is 'udp://dns.corp.test', which is no server of plain DNS.
        .corp.test     | 10.0.0.53                     | [0].suffix is '.corp.test', which is no domain name.
        corp.test      | ''                            | [0].servers is an empty list.
        corp.test      | udp://10.0.0.53:0             | [0].servers[0].port is 0.
        corp.test      | udp://10.0.0.53:99999         | [0].servers[0].port is 99999.
        corp.test      | udp://10.0.0.53:x             | [0].servers[0].host is 'udp://10.0.0.53:x', which is no server of plain DNS.
        corp.test      | udp://fd00::10                | [0].servers[0].host is 'udp://fd00::10', which is no server of plain DNS.
        corp.test      | udp://[10.0.0.53]             | [0].servers[0].host is 'udp://[10.0.0.53]', which is no server of plain DNS.
        corp.test      | udp://10.0.0.53#dns.corp.test | [0].servers[0].host is 'udp://10.0.0.53#dns.corp.test', which is no server of plain DNS.
        corp.test      | tcp://10.0.0.53               | [0].servers) has 'tcp://10.0.0.53', a URL.
        corp.test      | 10.0.0.53@53                  | [0].servers[0].port is 53, the port of plain DNS
        corp.test      | udp://10.0.0.53,udp://10.0.0.53:53 | [0].servers[1].host is 'udp://10.0.0.53', which is listed before
        """)
    void refusesARoute(String suffix, String servers, String description, CapturedOutput output) {
        assertRefused(Start.with("DNSPROXY_ROUTES_0_SUFFIX", suffix).and("DNSPROXY_ROUTES_0_SERVERS", servers), output);

        assertThat(output.toString().replace(")", "")).contains("dnsproxy.routes" + description.replace(")", ""));
    }

    @Test
    void refusesARouteForTheSameNamesTwice(CapturedOutput output) {
        assertRefused(
                Start.with("DNSPROXY_ROUTES_0_SUFFIX", "corp.test")
                        .and("DNSPROXY_ROUTES_0_SERVERS", "10.0.0.53")
                        .and("DNSPROXY_ROUTES_1_SUFFIX", "Corp.Test.")
                        .and("DNSPROXY_ROUTES_1_SERVERS", "10.0.0.54"),
                output);

        assertThat(output).contains("(dnsproxy.routes[1].suffix) is 'corp.test', which has a route before.");
    }

    @Test
    void refusesOneServerWithOtherPinsInAnotherRoute(CapturedOutput output) {
        assertRefused(
                Start.with("DNSPROXY_ROUTES_0_SUFFIX", "corp.test")
                        .and("DNSPROXY_ROUTES_0_SERVERS", "10.0.0.53")
                        .and("DNSPROXY_ROUTES_1_SUFFIX", "10.in-addr.arpa")
                        .and("DNSPROXY_ROUTES_1_SERVERS_0_HOST", "10.0.0.53")
                        .and("DNSPROXY_ROUTES_1_SERVERS_0_PINS_0", PIN),
                output);

        assertThat(output).contains("has '10.0.0.53' with other pins or another SSL bundle");
    }

    @Test
    void refusesPinsForPlainDns(CapturedOutput output) {
        assertRefused(
                Start.with("DNSPROXY_ROUTES_0_SUFFIX", "corp.test")
                        .and("DNSPROXY_ROUTES_0_SERVERS_0_HOST", "udp://10.0.0.53")
                        .and("DNSPROXY_ROUTES_0_SERVERS_0_PINS_0", PIN),
                output);

        assertThat(output).contains("has a name, pins or an SSL bundle for udp://10.0.0.53");
    }

    @Test
    void refusesATrustStoreOfARouteThatIsNotThere(CapturedOutput output) {
        assertRefused(
                Start.with("DNSPROXY_ROUTES_0_SUFFIX", "corp.test")
                        .and("DNSPROXY_ROUTES_0_SERVERS_0_HOST", "10.0.0.53")
                        .and("DNSPROXY_ROUTES_0_SERVERS_0_SSL_BUNDLE", "internal"),
                output);

        assertThat(output)
                .contains("(dnsproxy.routes[0].servers[0].ssl-bundle) is 'internal', and there is no SSL bundle");
    }

    @Test
    void refusesATrustStoreWithOptionsThatNobodyWouldFollow(CapturedOutput output) {
        assertRefused(
                Start.withArguments(
                        "--dnsproxy.upstream.ssl-bundle=internal",
                        "--spring.ssl.bundle.pem.internal.options.enabled-protocols=TLSv1.3",
                        "--spring.ssl.bundle.pem.internal.truststore.certificate="
                                + ThrowawayAuthority.create().pem()),
                output);

        assertThat(output).contains("is 'internal', a bundle with options for ciphers or protocols");
    }

    private static void assertRefused(Start start, CapturedOutput output) {
        assertThat(catchThrowable(() -> start.run().close())).isNotNull();
        assertThat(output).containsOnlyOnce("APPLICATION FAILED TO START");
        assertThat(output.toString().lines()).noneMatch(line -> line.startsWith("\tat "));
    }

    /** What the wiring of the listeners will do. */
    static class Busy {

        @Bean
        Object listener() {
            throw SettingException.addressInUse(new InetSocketAddress(InetAddress.ofLiteral("::1"), 1053));
        }
    }
}
