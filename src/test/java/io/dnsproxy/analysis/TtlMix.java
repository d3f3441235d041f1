package io.dnsproxy.analysis;

import java.util.List;

/**
 * Which TTLs answers have as their zones set them, and how often each occurs.
 *
 * @param name what the document calls it
 * @param steps TTLs with their shares in percent, which add up to 100
 */
record TtlMix(String name, List<Step> steps) {

    /**
     * As weighed by how often they are asked for: half of the responses at or below 1 minute, three quarters at or below 5
     * minutes, hardly any above 1 hour (Denis 2019). Within these steps the shares are assumed.
     */
    static final TtlMix AS_ASKED = new TtlMix(
            "as asked for (Denis 2019)",
            List.of(
                    new Step(10, 5),
                    new Step(20, 7),
                    new Step(30, 13),
                    new Step(60, 25),
                    new Step(120, 8),
                    new Step(300, 17),
                    new Step(600, 7),
                    new Step(900, 6),
                    new Step(1_800, 4),
                    new Step(3_600, 7),
                    new Step(86_400, 1)));

    /**
     * As found with 6.3 million different names: 9.84 % at or below 1 minute, 16.32 % at or below 2, 39.88 % at or below 5,
     * 70.07 % at or below 1 hour (Denis 2012); 4 hours and 1 day above that are assumed.
     */
    static final TtlMix PER_NAME = new TtlMix(
            "per name (Denis 2012)",
            List.of(
                    new Step(60, 9.84),
                    new Step(120, 6.48),
                    new Step(300, 23.56),
                    new Step(600, 12),
                    new Step(3_600, 18.19),
                    new Step(14_400, 20),
                    new Step(86_400, 9.93)));

    /** "No such name" and "no such data": assumed. */
    static final TtlMix NEGATIVE = new TtlMix(
            "negative", List.of(new Step(60, 25), new Step(300, 25), new Step(900, 25), new Step(3_600, 25)));

    /** One TTL for everything. */
    static TtlMix always(int ttlSeconds) {
        return new TtlMix("always " + ttlSeconds + " s", List.of(new Step(ttlSeconds, 100)));
    }

    /** @param quantile from 0 to 1 */
    int at(double quantile) {
        double percent = quantile * 100;
        for (Step step : steps) {
            percent -= step.percent;
            if (percent < 0) {
                return step.ttlSeconds;
            }
        }
        return steps.getLast().ttlSeconds;
    }

    /** @param percent of all answers */
    record Step(int ttlSeconds, double percent) {}
}
