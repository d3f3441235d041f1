package io.dnsproxy.fuzz;

import io.dnsproxy.benchmark.sidebyside.LogHistogram;
import io.dnsproxy.testkit.ExampleZone;
import java.io.IOException;
import java.util.List;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** What became of the queries of one honest client. One thread. */
public final class Tally {

    private final LogHistogram took = new LogHistogram();
    private long asked;
    private long repeated;
    private long right;
    private long failed;
    private long wrong;
    private long unanswered;

    Tally() {}

    void ask() {
        asked++;
    }

    void repeat() {
        repeated++;
    }

    boolean hasRepeated() {
        return repeated > 0;
    }

    void miss(long queries) {
        unanswered += queries;
    }

    /** Notes an answer that nobody asked for. */
    void stray() {
        wrong++;
    }

    /**
     * Judges an answer by question and address.
     *
     * @param tookNanos since the query was first sent
     */
    void judge(long number, byte[] answer, long tookNanos) {
        took.add(tookNanos);
        try {
            Message message = new Message(answer);
            String name = Names.spelled(number);
            Record question = message.getQuestion();
            int rcode = message.getRcode();
            if (!message.getHeader().getFlag(Flags.QR)
                    || question == null
                    || question.getType() != Type.A
                    || !question.getName().toString(true).equals(name)) {
                wrong++;
            } else if (rcode == Rcode.SERVFAIL || rcode == Rcode.REFUSED) {
                failed++;
            } else if (rcode == Rcode.NOERROR && isRight(name, message.getSection(Section.ANSWER))) {
                right++;
            } else {
                wrong++;
            }
        } catch (IOException e) {
            wrong++;
        }
    }

    private static boolean isRight(String name, List<Record> records) {
        return records.size() == 1
                && records.getFirst() instanceof ARecord address
                && address.getAddress().equals(ExampleZone.addressOf(name));
    }

    Figures figures() {
        return new Figures(
                asked,
                repeated,
                right,
                failed,
                wrong,
                unanswered,
                took.quantileNanos(0.5) / 1e6,
                took.quantileNanos(0.99) / 1e6,
                took.quantileNanos(1) / 1e6);
    }

    /**
     * What an honest client has seen.
     *
     * @param repeated datagrams sent again because no answer came within a second
     * @param failed SERVFAIL or REFUSED
     * @param wrong answers that are not right and no failure either
     * @param unanswered queries that got nothing, however often they were sent
     * @param p50Millis from the first sending to the answer, as are the others
     */
    public record Figures(
            long asked,
            long repeated,
            long right,
            long failed,
            long wrong,
            long unanswered,
            double p50Millis,
            double p99Millis,
            double worstMillis) {

        /** Whether every query has its right answer. */
        public boolean isWell() {
            return asked > 0 && right == asked && wrong == 0;
        }
    }
}
