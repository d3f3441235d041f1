package io.dnsproxy.benchmark.sidebyside;

import io.dnsproxy.benchmark.sidebyside.Demand.Transport;
import java.util.Locale;

/** What the generator does to a server, beside its peers. The halves are about half of what dnsproxy carries, where pauses show. */
enum Load {
    CACHED("UDP cached, saturated", Transport.UDP, Names.KNOWN, 8, 256, 0),
    CACHED_RATE("UDP cached, 20,000 q/s", Transport.UDP, Names.KNOWN, 8, 0, 20_000),
    CACHED_HALF("UDP cached, 140,000 q/s", Transport.UDP, Names.KNOWN, 8, 0, 140_000),
    UNCACHED("UDP uncached, saturated", Transport.UDP, Names.NEW, 8, 128, 0),
    UNCACHED_RATE("UDP uncached, 2,000 q/s", Transport.UDP, Names.NEW, 8, 0, 2_000),
    UNCACHED_HALF("UDP uncached, 30,000 q/s", Transport.UDP, Names.NEW, 8, 0, 30_000),
    MIXED("UDP mixed, saturated", Transport.UDP, Names.MIXED, 8, 256, 0),
    TCP_1("TCP cached, 1 connection", Transport.TCP, Names.KNOWN, 1, 500, 0),
    TCP_20("TCP cached, 20 connections", Transport.TCP, Names.KNOWN, 20, 500, 0);

    private final String title;
    private final Transport transport;
    private final Names names;
    private final int sockets;
    private final int inFlight;
    private final int queriesPerSecond;

    /** The words as {@link Demand} has them. */
    Load(String title, Transport transport, Names names, int sockets, int inFlight, int queriesPerSecond) {
        this.title = title;
        this.transport = transport;
        this.names = names;
        this.sockets = sockets;
        this.inFlight = inFlight;
        this.queriesPerSecond = queriesPerSecond;
    }

    String title() {
        return title;
    }

    Demand demand() {
        return new Demand(transport, names, Names.COUNT, sockets, inFlight, queriesPerSecond);
    }

    Transport transport() {
        return transport;
    }

    Names names() {
        return names;
    }

    boolean isSaturating() {
        return demand().isSaturating();
    }

    /** As it is written on the command line: {@code cached-rate}. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
