package io.dnsproxy.benchmark.sidebyside;

/**
 * What the generator saw, as one line of text.
 *
 * @param nanos how long was measured
 * @param right answers as they should be
 * @param wrong answers to another question, or with another address
 * @param refused answers with an rcode other than NOERROR
 * @param lost queries without an answer for two seconds
 * @param serverCpuMicros processor time of the server's process
 * @param generatorCpuMicros processor time of the generator's
 * @param rssKibibytes of the server, at the end
 * @param p50Nanos of right answers, to three percent
 * @param p99Nanos the same
 * @param p999Nanos the same
 * @param rightInAll right answers, those before and after the time that is measured among them
 */
record Measurement(
        long nanos,
        long right,
        long wrong,
        long refused,
        long lost,
        long serverCpuMicros,
        long generatorCpuMicros,
        long rssKibibytes,
        long p50Nanos,
        long p99Nanos,
        long p999Nanos,
        long rightInAll) {

    double cpuMicrosPerQuery() {
        return (double) serverCpuMicros / right;
    }

    double generatorMicrosPerQuery() {
        return (double) generatorCpuMicros / right;
    }

    double queriesPerSecond() {
        return right * 1e9 / nanos;
    }

    /** Of all queries, those that got no right answer, from 0 to 1. */
    double failed() {
        long failures = wrong + refused + lost;
        return failures == 0 ? 0 : (double) failures / (right + failures);
    }

    String line() {
        long[] all = {
            nanos,
            right,
            wrong,
            refused,
            lost,
            serverCpuMicros,
            generatorCpuMicros,
            rssKibibytes,
            p50Nanos,
            p99Nanos,
            p999Nanos,
            rightInAll
        };
        StringBuilder line = new StringBuilder();
        for (long figure : all) {
            line.append(line.isEmpty() ? "" : " ").append(figure);
        }
        return line.toString();
    }

    static Measurement parse(String line) {
        String[] words = line.split(" ", 12);
        long[] all = new long[words.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = Long.parseLong(words[i]);
        }
        return new Measurement(
                all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7], all[8], all[9], all[10], all[11]);
    }
}
