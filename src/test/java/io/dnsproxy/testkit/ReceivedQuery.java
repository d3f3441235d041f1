package io.dnsproxy.testkit;

import java.util.Locale;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;

/** One query, as a {@link ScriptedResolver} received it. Immutable; any thread. */
public final class ReceivedQuery {

    private final int connection;
    private final int number;
    private final long arrivalNanos;
    private final byte[] octets;

    ReceivedQuery(int connection, int number, long arrivalNanos, byte[] octets) {
        this.connection = connection;
        this.number = number;
        this.arrivalNanos = arrivalNanos;
        this.octets = octets;
    }

    /** The connection that it came on, counted from 1. */
    public int connection() {
        return connection;
    }

    /** Its place among the queries of its connection, counted from 1. */
    public int number() {
        return number;
    }

    /** When it was complete, by {@link System#nanoTime()}. */
    public long arrivalNanos() {
        return arrivalNanos;
    }

    /** The DNS message without its length, in an array of the caller's own. */
    public byte[] octets() {
        return octets.clone();
    }

    /** How long the DNS message is, without the two octets of its length. */
    public int length() {
        return octets.length;
    }

    /** The id of the message, or -1 when it has less than two octets. */
    public int id() {
        return Frames.id(octets);
    }

    /**
     * The message, parsed anew by each call.
     *
     * @throws IllegalStateException when these octets are no DNS message
     */
    public Message message() {
        return Frames.parsed(octets);
    }

    /** The name that is asked for, lower-case and without the last dot, {@code www.example.org}; empty when there is no question. */
    public String name() {
        Record question = message().getQuestion();
        return question == null ? "" : question.getName().toString(true).toLowerCase(Locale.ROOT);
    }

    /** Whether it asks for this name, {@code www.example.org}, in any case; false too for octets that are no DNS message. */
    public boolean isFor(String name) {
        try {
            return name().equalsIgnoreCase(name);
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** The type that is asked for, or -1 when there is no question. */
    public int type() {
        Record question = message().getQuestion();
        return question == null ? -1 : question.getType();
    }

    @Override
    public String toString() {
        return "query " + number + " of connection " + connection + ", " + octets.length + " octets";
    }
}
