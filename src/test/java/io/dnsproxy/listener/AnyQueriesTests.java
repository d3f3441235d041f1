package io.dnsproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.resolver.Forwarder;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;

class AnyQueriesTests {

    private final Query query = Query.of(Queries.query("example.org", Type.ANY).toWire());

    private final Forwarder forwarder = new Forwarder(null, asked -> new CompletableFuture<>());

    @Test
    void areRefusedWhereThatIsWished() {
        assertThat(Objects.requireNonNull(AnyQueries.REFUSE.answer(query, forwarder))
                        .rcode())
                .isEqualTo(Rcode.REFUSED);
    }

    @Test
    void areLeftToTheForwarderWhereThatIsWished() {
        assertThat(AnyQueries.FORWARD.answer(query, forwarder)).isNull();
    }
}
