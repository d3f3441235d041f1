package io.dnsproxy.benchmark.sidebyside;

/**
 * What is asked of a server, and how: by as many as it takes, or at a fixed rate.
 *
 * @param names which names
 * @param nameCount how many of them, where they are known ones
 * @param sockets or connections
 * @param inFlight queries on their way at any time, in all; 0 where the rate is fixed, or where nobody asks at all
 * @param queriesPerSecond 0 for as many as the server takes
 */
record Demand(Transport transport, Names names, int nameCount, int sockets, int inFlight, int queriesPerSecond) {

    enum Transport {
        UDP,
        TCP
    }

    /** Over UDP, so many on their way at any time. */
    static Demand saturating(Names names, int nameCount, int sockets, int inFlight) {
        return new Demand(Transport.UDP, names, nameCount, sockets, inFlight, 0);
    }

    /** Over UDP, so many a second. */
    static Demand atRate(Names names, int sockets, int queriesPerSecond) {
        return new Demand(Transport.UDP, names, Names.COUNT, sockets, 0, queriesPerSecond);
    }

    /** Over TCP, so many on their way in all; where there are more connections, these take turns. */
    static Demand overTcp(int connections, int inFlight) {
        return new Demand(Transport.TCP, Names.KNOWN, Names.COUNT, connections, inFlight, 0);
    }

    boolean isSaturating() {
        return queriesPerSecond == 0;
    }

    String line() {
        return transport + " " + names + ' ' + nameCount + ' ' + sockets + ' ' + inFlight + ' ' + queriesPerSecond;
    }

    static Demand parse(String line) {
        String[] words = line.split(" ", 6);
        return new Demand(
                Transport.valueOf(words[0]),
                Names.valueOf(words[1]),
                Integer.parseInt(words[2]),
                Integer.parseInt(words[3]),
                Integer.parseInt(words[4]),
                Integer.parseInt(words[5]));
    }
}
