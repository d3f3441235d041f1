package io.dnsproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.TestProxy;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.ServerCertificate;
import io.dnsproxy.testkit.ThrowawayAuthority;
import io.dnsproxy.wire.Query;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class BootstrapLookupTests {

    private static final String HOST = "dot.example.org";

    private ScriptedResolver first;
    private ScriptedResolver second;
    private DotUpstreamPool pool;
    private BootstrapLookup lookup;

    @BeforeEach
    void start() {
        first = ScriptedResolver.start();
        second = ScriptedResolver.start();
        pool = poolOf(
                host -> {
                    throw new AssertionError("given by address");
                },
                TestProxy.serverOf(first),
                TestProxy.serverOf(second));
        lookup = new BootstrapLookup(pool.upstreams());
    }

    @AfterEach
    void stop() {
        pool.close();
        first.close();
        second.close();
    }

    private static DotUpstreamPool poolOf(HostLookup lookup, UpstreamServer... servers) {
        return new DotUpstreamPool(List.of(servers), UpstreamSettings.defaults(), lookup, 1, AnswerBurst.NONE);
    }

    /** Answers with these addresses. */
    private static Reply knowing(String... addresses) {
        return Reply.edited(answer -> {
            var name = answer.getQuestion().getName();
            int type = answer.getQuestion().getType();
            answer.removeAllRecords(Section.ANSWER);
            for (String literal : addresses) {
                InetAddress address = InetAddress.ofLiteral(literal);
                boolean ipv6 = address.getAddress().length == 16;
                if (ipv6 && type == Type.AAAA) {
                    answer.addRecord(new AAAARecord(name, DClass.IN, 60, address), Section.ANSWER);
                } else if (!ipv6 && type == Type.A) {
                    answer.addRecord(new ARecord(name, DClass.IN, 60, address), Section.ANSWER);
                }
            }
            return answer;
        });
    }

    private List<InetAddress> lookUp() throws Exception {
        return lookup.lookUp(HOST)
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .addresses();
    }

    @Test
    void findsBothFamiliesIpv4First() throws Exception {
        first.answer(query -> knowing("2001:db8::1", "192.0.2.1", "192.0.2.2"));

        assertThat(lookUp())
                .containsExactlyInAnyOrder(
                        InetAddress.ofLiteral("192.0.2.1"),
                        InetAddress.ofLiteral("192.0.2.2"),
                        InetAddress.ofLiteral("2001:db8::1"))
                .last()
                .isEqualTo(InetAddress.ofLiteral("2001:db8::1"));
        assertThat(second.queries()).isEmpty();
    }

    @Test
    void asksTheNextWhereTheFirstKnowsNothing() throws Exception {
        first.answer(query -> Reply.failure(Rcode.SERVFAIL));
        second.answer(query -> knowing("192.0.2.1"));

        assertThat(lookUp()).containsExactly(InetAddress.ofLiteral("192.0.2.1"));
    }

    @Test
    void asksTheNextWhereTheFirstCannotBeReached() throws Exception {
        first.stopListening();
        second.answer(query -> knowing("192.0.2.1"));

        assertThat(lookUp()).containsExactly(InetAddress.ofLiteral("192.0.2.1"));
    }

    @Test
    void findsNothingWhereNobodyKnows() throws Exception {
        first.answer(query -> Reply.failure(Rcode.NXDOMAIN));
        second.answer(query -> knowing());

        assertThat(lookUp()).isEmpty();
    }

    @Test
    void aPoisonedLookUpFailsAuthenticationAndIsRepeated() throws Exception {
        first.answer(query -> knowing("127.0.0.1"));
        try (ScriptedResolver upstream = ScriptedResolver.start()) {
            ServerCertificate right = upstream.certificate();
            upstream.certificate(ThrowawayAuthority.create().issue(ScriptedResolver.NAME, "127.0.0.1"));
            UpstreamServer server = new UpstreamServer(
                    HOST, upstream.port(), ScriptedResolver.NAME, Set.of(), TestProxy.trust(upstream.authority()));
            try (DotUpstreamPool byName = poolOf(lookup, server)) {
                byName.start();
                await().until(() -> first.queries(HOST).size() >= 4); // two look-ups, of two types each
                assertThat(byName.upstreams().getFirst().counters().failures(UpstreamException.Reason.CERTIFICATE))
                        .isPositive();
                assertThat(upstream.applicationOctets()).isZero();

                upstream.certificate(right);

                await().until(byName::hasEverConnected);
            }
        }
    }

    @Test
    void anUpstreamByHostNameIsReachedAtTheFirstAddressThatWorks() throws Exception {
        first.answer(query -> knowing("127.0.0.9", "127.0.0.1"));
        try (ScriptedResolver upstream = ScriptedResolver.start();
                DotUpstreamPool byName = poolOf(
                        lookup,
                        new UpstreamServer(
                                HOST,
                                upstream.port(),
                                ScriptedResolver.NAME,
                                Set.of(),
                                TestProxy.trust(upstream.authority())))) {
            byName.start();
            DotUpstream dialed = byName.upstreams().getFirst();
            Query query = Query.of(Queries.query("www.example.org").toWire());

            await().until(byName::hasEverConnected);

            assertThat(dialed.exchange(query, Upstream.Asker.PATIENT)
                            .get(10, TimeUnit.SECONDS)
                            .rcode())
                    .isEqualTo(Rcode.NOERROR);
            assertThat(upstream.lastConnection().serverName()).isEqualTo(ScriptedResolver.NAME);
            assertThat(first.queries(HOST)).isNotEmpty();
        }
    }
}
