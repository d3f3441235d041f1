package io.dnsproxy.benchmark.sidebyside;

/**
 * What the generator is told to do, as one line of text.
 *
 * @param demand what to send
 * @param port of the server on 127.0.0.1
 * @param pid the server's process, whose processor time is counted
 * @param echoed whether the server is an {@link Echo}
 * @param warmMillis load before anything is counted
 * @param millis load that is counted
 */
record Order(Demand demand, int port, long pid, boolean echoed, long warmMillis, long millis) {

    /** The longest that this can take. */
    long boundMillis() {
        return warmMillis + millis + 2 * Exchange.PATIENCE_NANOS / 1_000_000 + 10_000;
    }

    String line() {
        return "" + port + ' ' + pid + ' ' + echoed + ' ' + warmMillis + ' ' + millis + ' ' + demand.line();
    }

    static Order parse(String line) {
        String[] words = line.split(" ", 6);
        return new Order(
                Demand.parse(words[5]),
                Integer.parseInt(words[0]),
                Long.parseLong(words[1]),
                Boolean.parseBoolean(words[2]),
                Long.parseLong(words[3]),
                Long.parseLong(words[4]));
    }
}
