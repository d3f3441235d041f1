package io.dnsproxy.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.resolver.RoutingResolver.Route;
import io.dnsproxy.resolver.cache.KeptAnswer;
import io.dnsproxy.resolver.cache.SharedCache;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

class RoutingResolverTests {

    private final Deadlines deadlines = new Deadlines(() -> 0);
    private final FakeUpstream everybodys = new FakeUpstream("everybody's");
    private final FakeUpstream corp = new FakeUpstream("corp");
    private final FakeUpstream lab = new FakeUpstream("lab");
    private final RoutingResolver routing = new RoutingResolver(
            List.of(new Route("corp.test", over(corp)), new Route("lab.Corp.test.", over(lab))), over(everybodys));

    private ResolverRoundRobin over(FakeUpstream upstream) {
        return new ResolverRoundRobin(List.of(upstream), deadlines, Duration.ofMillis(1_500), Duration.ofSeconds(4));
    }

    private static Query query(String name) {
        return Query.of(Queries.query(name).toWire());
    }

    private String askedOf(Query query) {
        routing.resolve(query);
        List<String> asked = new ArrayList<>();
        for (FakeUpstream upstream : List.of(everybodys, corp, lab)) {
            if (!upstream.asked.isEmpty()) {
                asked.add(upstream.name());
            }
        }
        return String.join(",", asked);
    }

    @ParameterizedTest
    @CsvSource({
        "corp.test, corp",
        "www.corp.test, corp",
        "a.b.c.CORP.Test, corp",
        "lab.corp.test, lab",
        "x.LAB.corp.test, lab",
        "xlab.corp.test, corp",
        "xcorp.test, everybody's",
        "test, everybody's",
        "corp.test.example.org, everybody's",
        "., everybody's"
    })
    void theLongestSuffixOfWholeLabelsDecides(String name, String upstream) {
        assertThat(askedOf(query(name))).isEqualTo(upstream);
    }

    @Test
    void aNameHasItsRouteInEveryClass() {
        Message chaos =
                Message.newQuery(Record.newRecord(Name.fromConstantString("www.corp.test."), Type.TXT, DClass.CH));

        assertThat(askedOf(Query.of(chaos.toWire()))).isEqualTo("corp");
    }

    @Test
    void whatARouteDoesNotAnswerNobodyElseIsAsked() {
        CompletableFuture<Answer> answer =
                routing.resolve(query("www.corp.test")).toCompletableFuture();

        while (!answer.isDone()) {
            corp.fail(Reason.MALFORMED);
        }

        assertThat(answer).isCompletedExceptionally();
        assertThat(everybodys.asked).isEmpty();
        assertThat(corp.asked).hasSize(3);
        assertThat(routing.failovers()).isEqualTo(2);
    }

    @Test
    void theSharedCacheNeverHearsOfRoutedNames() {
        List<String> heard = new ArrayList<>();
        SharedCache inner = new SharedCache() {
            @Override
            public CompletionStage<Optional<KeptAnswer>> find(Query query) {
                heard.add("find");
                return CompletableFuture.completedFuture(Optional.empty());
            }

            @Override
            public void store(Query query, KeptAnswer kept) {
                heard.add("store");
            }

            @Override
            public void remove(Query query) {
                heard.add("remove");
            }

            @Override
            public void clear() {
                heard.add("clear");
            }
        };
        SharedCache shared = new UnroutedSharedCache(inner, routing::isRouted);
        KeptAnswer kept = new KeptAnswer(Answer.failure(Rcode.NOERROR), 60, 0);

        assertThat(shared.find(query("www.corp.test"))).isCompletedWithValue(Optional.empty());
        shared.store(query("www.corp.test"), kept);
        shared.remove(query("www.corp.test"));
        assertThat(heard).isEmpty();

        shared.find(query("www.example.org"));
        shared.store(query("www.example.org"), kept);
        shared.remove(query("www.example.org"));
        shared.clear();
        assertThat(heard).containsExactly("find", "store", "remove", "clear");
    }
}
