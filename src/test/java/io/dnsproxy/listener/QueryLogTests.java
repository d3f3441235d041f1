package io.dnsproxy.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.listener.QueryLog.ClientDetail;
import io.dnsproxy.listener.QueryLog.Entry;
import io.dnsproxy.listener.QueryLog.Transport;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.wire.Query;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Rcode;

class QueryLogTests {

    private final List<Entry> written = new CopyOnWriteArrayList<>();
    private final CountDownLatch release = new CountDownLatch(1);

    private static void add(QueryLog log, String client) {
        ClientAddress address = ClientAddress.of(InetAddress.ofLiteral(client));
        Query query = Query.of(Queries.query("www.example.org").toWire());
        log.add(query, Rcode.NOERROR, true, 1, Transport.UDP, address.high(), address.low(), 42_000);
    }

    private void block(Entry entry) {
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        written.add(entry);
    }

    @ParameterizedTest
    @CsvSource({
        "FULL, 192.0.2.77, 192.0.2.77",
        "NETWORK, 192.0.2.77, 192.0.2.0",
        "FULL, 2001:db8:1:2::77, 2001:db8:1:2::77",
        "NETWORK, 2001:db8:1:2::77, 2001:db8:1::",
        "NONE, 192.0.2.77, ::",
        "NONE, 2001:db8:1:2::77, ::"
    })
    void keepsOfAClientWhatItMay(ClientDetail detail, String client, String kept) {
        try (QueryLog log = new QueryLog(16, detail, written::add)) {
            add(log, client);
        }

        ClientAddress expected = ClientAddress.of(InetAddress.ofLiteral(kept));
        assertThat(written).singleElement().satisfies(entry -> {
            assertThat(entry.clientHigh()).isEqualTo(expected.high());
            assertThat(entry.clientLow()).isEqualTo(expected.low());
        });
    }

    @Test
    void whoeverAnswersNeverWaitsForASlowWriter() {
        try (QueryLog log = new QueryLog(100, ClientDetail.NONE, this::block)) {
            add(log, "192.0.2.1");
            await().until(() -> log.waiting() == 0); // the writer has it, and stands still
            for (int i = 0; i < 1_000; i++) {
                add(log, "192.0.2.1");
            }

            assertThat(log.waiting()).isEqualTo(100);
            assertThat(log.dropped()).isEqualTo(900);
            release.countDown();
            await().until(() -> log.written() == 101);
        }
        assertThat(written).hasSize(101);
    }

    @Test
    void whatWaitsIsWrittenAtTheEnd() {
        try (QueryLog log = new QueryLog(1_000, ClientDetail.NONE, written::add)) {
            for (int i = 0; i < 500; i++) {
                add(log, "192.0.2.1");
            }
        }

        assertThat(written).hasSize(500);
    }

    @Test
    void aWriterThatFailsCostsOneLine() {
        try (QueryLog log = new QueryLog(16, ClientDetail.NONE, entry -> {
            throw new IllegalStateException("full");
        })) {
            add(log, "192.0.2.1");
            add(log, "192.0.2.1");

            await().until(() -> log.dropped() == 2);
        }
    }
}
