package io.dnsproxy.analysis;

import java.util.PriorityQueue;

/** A clock that jumps from one event to the next. What is due at the same moment happens in the order it was planned. */
final class VirtualTime {

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long nowNanos;
    private long planned;

    /** Now; starts at 0. */
    long nanos() {
        return nowNanos;
    }

    /** Plans something; what is planned for the past happens next. */
    void after(long delayNanos, Runnable action) {
        events.add(new Event(nowNanos + delayNanos, planned++, action));
    }

    /** Lets everything happen that is due until then, and makes it then. */
    void advanceTo(long nanos) {
        for (Event next = events.peek(); next != null && next.nanos <= nanos; next = events.peek()) {
            events.remove();
            nowNanos = Math.max(nowNanos, next.nanos);
            next.action.run();
        }
        nowNanos = nanos;
    }

    private record Event(long nanos, long order, Runnable action) implements Comparable<Event> {

        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(nanos, other.nanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }
}
