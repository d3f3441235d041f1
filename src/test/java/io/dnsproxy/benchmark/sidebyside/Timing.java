package io.dnsproxy.benchmark.sidebyside;

import java.io.IOException;

/** When a run is warm, when it is over, and what it took in between. One thread. */
final class Timing {

    /** How often queries are looked for that must be given up. */
    private static final long GIVE_UP_INTERVAL_NANOS = 200_000_000L;

    private final Order order;
    private final Exchange exchange;
    private final long warmNanos;
    private final long endNanos;
    private final long self = ProcessHandle.current().pid();
    private long nextGiveUpNanos;
    private long beginNanos;
    private long tookNanos;
    private long serverCpuMicros;
    private long generatorCpuMicros;
    private boolean measuring;

    Timing(Order order, Exchange exchange, long nowNanos) {
        this.order = order;
        this.exchange = exchange;
        this.warmNanos = nowNanos + order.warmMillis() * 1_000_000;
        this.endNanos = warmNanos + order.millis() * 1_000_000;
        this.nextGiveUpNanos = nowNanos + GIVE_UP_INTERVAL_NANOS;
    }

    /** To be called often. Whether there is time left. */
    boolean goesOn(long nowNanos) throws IOException {
        if (!measuring && nowNanos >= warmNanos) {
            measuring = true;
            exchange.countAnew();
            serverCpuMicros = -ProcessFigures.cpuMicros(order.pid());
            generatorCpuMicros = -ProcessFigures.cpuMicros(self);
            beginNanos = System.nanoTime();
        }
        if (nowNanos < endNanos) {
            return true;
        }
        serverCpuMicros += ProcessFigures.cpuMicros(order.pid());
        generatorCpuMicros += ProcessFigures.cpuMicros(self);
        tookNanos = nowNanos - beginNanos;
        return false;
    }

    /** How many queries are lost since the last call; looks seldom enough to cost nothing. */
    int lost(long nowNanos) {
        if (nowNanos < nextGiveUpNanos) {
            return 0;
        }
        nextGiveUpNanos = nowNanos + GIVE_UP_INTERVAL_NANOS;
        return exchange.giveUp(nowNanos, Exchange.PATIENCE_NANOS);
    }

    /**
     * What was seen. What is lost is known only when nothing can come any more.
     *
     * @param rightInTime answers within the time that was measured
     */
    Measurement measurement(long rightInTime) throws IOException {
        LogHistogram latency = exchange.latency();
        return new Measurement(
                tookNanos,
                rightInTime,
                exchange.wrong(),
                exchange.refused(),
                exchange.lost(),
                serverCpuMicros,
                generatorCpuMicros,
                ProcessFigures.rssKibibytes(order.pid()),
                latency.quantileNanos(0.5),
                latency.quantileNanos(0.99),
                latency.quantileNanos(0.999),
                exchange.rightInAll());
    }
}
