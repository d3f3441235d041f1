package io.dnsproxy.benchmark.sidebyside;

import java.util.Locale;

/** What the generator does to a server. */
enum Load {
    CACHED("UDP cached, saturated", Transport.UDP, Names.KNOWN, 8, 256, 0),
    CACHED_RATE("UDP cached, 20,000 q/s", Transport.UDP, Names.KNOWN, 8, 0, 20_000),
    UNCACHED("UDP uncached, saturated", Transport.UDP, Names.NEW, 8, 128, 0),
    UNCACHED_RATE("UDP uncached, 2,000 q/s", Transport.UDP, Names.NEW, 8, 0, 2_000),
    MIXED("UDP mixed, saturated", Transport.UDP, Names.MIXED, 8, 256, 0),
    TCP_1("TCP cached, 1 connection", Transport.TCP, Names.KNOWN, 1, 500, 0),
    TCP_20("TCP cached, 20 connections", Transport.TCP, Names.KNOWN, 20, 500, 0);

    enum Transport {
        UDP,
        TCP
    }

    private final String title;
    private final Transport transport;
    private final Names names;
    private final int sockets;
    private final int inFlight;
    private final int queriesPerSecond;

    /**
     * @param sockets or connections
     * @param inFlight queries on their way at any time, in all; 0 where the rate is fixed
     * @param queriesPerSecond 0 for as many as the server takes
     */
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

    Transport transport() {
        return transport;
    }

    Names names() {
        return names;
    }

    int sockets() {
        return sockets;
    }

    int inFlight() {
        return inFlight;
    }

    int queriesPerSecond() {
        return queriesPerSecond;
    }

    boolean isSaturating() {
        return queriesPerSecond == 0;
    }

    /** As it is written on the command line: {@code cached-rate}. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Load of(String word) {
        for (Load load : values()) {
            if (load.word().equals(word)) {
                return load;
            }
        }
        throw new IllegalArgumentException("no such load: " + word);
    }
}
