package io.dnsproxy.fuzz;

import java.io.IOException;

/**
 * What the proxy's metrics say.
 *
 * @param sent datagrams that were sent to it, by those who sent them
 * @param received datagrams that it has received
 * @param socketDrops datagrams that the system dropped because the socket's buffer was full
 * @param unanswerable datagrams that are no queries
 * @param unsent responses that the network did not take
 * @param unaccounted messages by UDP, TCP and TLS that are neither responses nor drops
 * @param faults of the proxy
 * @param byStream messages by TCP and TLS
 * @param upstream queries sent to the upstream
 */
record Counts(
        long sent,
        long received,
        long socketDrops,
        long unanswerable,
        long unsent,
        long unaccounted,
        long faults,
        long byStream,
        long upstream) {

    private static final String QUERIES = "dnsproxy_queries_total";
    private static final String DROPS = "dnsproxy_drops_total";
    private static final String UDP = "transport=\"udp\"";
    private static final String SOCKET = "reason=\"socket\"";

    static Counts of(PackagedProxy proxy) throws IOException {
        long queries = proxy.count(QUERIES);
        long received = proxy.count(QUERIES, UDP);
        long socketDrops = proxy.count(DROPS, SOCKET);
        long ended = proxy.count("dnsproxy_responses_total") + proxy.count(DROPS) - socketDrops;
        return new Counts(
                0,
                received,
                socketDrops,
                proxy.count(DROPS, UDP, "reason=\"unanswerable\""),
                proxy.count("dnsproxy_udp_unsent_total"),
                queries - ended,
                proxy.count(DROPS, "reason=\"fault\""),
                queries - received,
                proxy.count("dnsproxy_upstream_exchanges_total"));
    }

    Counts since(Counts before, long sentSince) {
        return new Counts(
                sentSince,
                received - before.received,
                socketDrops - before.socketDrops,
                unanswerable - before.unanswerable,
                unsent - before.unsent,
                unaccounted - before.unaccounted,
                faults - before.faults,
                byStream - before.byStream,
                upstream - before.upstream);
    }
}
