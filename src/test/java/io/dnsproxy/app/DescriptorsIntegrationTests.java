package io.dnsproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.testkit.Ending;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.Tools;
import io.dnsproxy.testkit.UdpClient;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Rcode;

/** The packaged program where the system has no descriptor left for it. */
class DescriptorsIntegrationTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void anUpstreamThatNoSocketCouldBeHadForIsDialedAgain(@TempDir Path folder) throws Exception {
        Tools.assumeInstalled("prlimit");
        try (ScriptedResolver resolver = ScriptedResolver.start();
                Jar jar = Jar.asking(Jar.writeAuthority(resolver.authority(), folder), resolver)
                        .start();
                UdpClient client = UdpClient.to(jar.dns())) {
            assertThat(client.ask(Queries.query("before.example.org")).getRcode())
                    .isEqualTo(Rcode.NOERROR);

            limit(jar, "3"); // those that are open stay, and there are more than three
            resolver.endConnections(Ending.FIN);
            await().atMost(PATIENCE)
                    .until(() ->
                            client.ask(Queries.query("meanwhile.example.org")).getRcode() == Rcode.SERVFAIL);
            limit(jar, "1024");

            await().atMost(PATIENCE)
                    .until(() -> client.ask(Queries.query("after.example.org")).getRcode() == Rcode.NOERROR);
        }
    }

    private static void limit(Jar jar, String descriptors) {
        assertThat(Tools.run("prlimit", "--pid", Long.toString(jar.pid()), "--nofile=" + descriptors + ":")
                        .text())
                .isEmpty();
    }
}
