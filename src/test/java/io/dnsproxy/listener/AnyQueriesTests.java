package io.dnsproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;

class AnyQueriesTests {

    private final Query query = Query.of(Queries.query("example.org", Type.ANY).toWire());

    @Test
    void areRefusedWhereThatIsWished() {
        assertThat(Objects.requireNonNull(AnyQueries.REFUSE.answer(query)).rcode())
                .isEqualTo(Rcode.REFUSED);
    }

    @Test
    void areLeftToTheForwarderWhereThatIsWished() {
        assertThat(AnyQueries.FORWARD.answer(query)).isNull();
    }
}
