package io.dnsproxy.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.resolver.cache.CacheSettings;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.upstream.UpstreamException.Reason;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** What is asked for often is refreshed before it ends, and nobody waits for it. */
class PrefetchTests {

    private static final String WWW = "www.example.org. 100 A 192.0.2.1";

    private final KeptChain chain = new KeptChain(CacheSettings.defaults());

    private static Message www() {
        return Queries.query("www.example.org");
    }

    private static long ttl(Message reply) {
        return reply.getSection(Section.ANSWER).getFirst().getTTL();
    }

    private void keepAndHit(int hits) {
        chain.ask(www(), WWW);
        for (int i = 0; i < hits; i++) {
            chain.askKnown(www());
        }
    }

    @Test
    void whatIsAskedForOftenIsRefreshedOnceInItsLastTenth() {
        keepAndHit(3);
        chain.pass(Duration.ofMillis(89_900));
        chain.askKnown(www());
        assertThat(chain.asked).hasSize(1);

        chain.pass(Duration.ofMillis(200));
        for (int i = 0; i < 5; i++) {
            assertThat(ttl(chain.askKnown(www()))).isEqualTo(10);
        }
        assertThat(chain.asked).hasSize(2);
        assertThat(chain.known.prefetching()).isEqualTo(1);

        chain.answer(KeptChain.response(www(), WWW));
        assertThat(ttl(chain.askKnown(www()))).isEqualTo(100);
        assertThat(chain.asked).hasSize(2);
        assertThat(chain.known.prefetching()).isZero();
        assertThat(chain.counters.prefetches()).isEqualTo(1);
        assertThat(chain.counters.misses()).isEqualTo(1);
    }

    @Test
    void thatANameDoesNotExistIsRefreshedThoughAnOlderAnswerOfItIsStale() {
        chain.ask(www(), WWW);
        chain.pass(Duration.ofSeconds(150));
        Message other = Queries.query("www.example.org", Type.AAAA);
        String soa = "example.org. 100 SOA ns.example.org. admin.example.org. 1 2 3 4 100";
        chain.ask(other, KeptChain.response(Rcode.NXDOMAIN, other, soa));
        chain.pass(Duration.ofSeconds(95));
        for (int i = 0; i < 10; i++) {
            assertThat(chain.askKnown(www()).getRcode()).isEqualTo(Rcode.NXDOMAIN);
        }

        assertThat(chain.asked).hasSize(3);
        assertThat(chain.counters.prefetches()).isEqualTo(1);
    }

    @Test
    void whatIsAskedForSeldomIsNot() {
        keepAndHit(2);
        chain.pass(Duration.ofSeconds(95));
        chain.askKnown(www());

        assertThat(chain.asked).hasSize(1);
    }

    @Test
    void aRefreshThatFailsLeavesTheAnswerUntilItsEnd() {
        keepAndHit(3);
        chain.pass(Duration.ofSeconds(95));
        chain.askKnown(www());
        chain.fail(Reason.TIMEOUT);

        assertThat(ttl(chain.askKnown(www()))).isEqualTo(5);
        assertThat(chain.asked).hasSize(2);
        assertThat(chain.known.prefetching()).isZero();
    }

    @Test
    void whoComesWhenItHasEndedWaitsForTheRefreshThatIsUnderWay() {
        keepAndHit(3);
        chain.pass(Duration.ofSeconds(95));
        chain.askKnown(www());
        chain.pass(Duration.ofSeconds(5));

        var reply = chain.ask(www());
        chain.answer(KeptChain.response(www(), WWW));

        assertThat(ttl(reply.join())).isEqualTo(100);
        assertThat(chain.asked).hasSize(2);
    }

    @Test
    void nothingIsWhereItIsSwitchedOff() {
        KeptChain without = new KeptChain(CacheSettings.defaults().withoutPrefetch());
        without.ask(www(), WWW);
        without.pass(Duration.ofSeconds(95));
        for (int i = 0; i < 10; i++) {
            without.askKnown(www());
        }

        assertThat(without.asked).hasSize(1);
    }
}
