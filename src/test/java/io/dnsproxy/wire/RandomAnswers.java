package io.dnsproxy.wire;

import java.util.Random;
import org.xbill.DNS.Message;

/** {@link RandomMessages}, read as the proxy reads them, for tests of other packages. */
public final class RandomAnswers {

    private RandomAnswers() {}

    /** What must hold for a query and an answer to it. */
    public interface Property {

        /** Fails if it does not; may draw more from {@code random}. */
        void holds(Query query, Answer answer, Random random) throws Exception;
    }

    /** Tries that many, with up to four records in a section; a failure's message names its seed. */
    public static void each(int times, Property property) {
        Randomly.times(times, random -> {
            Message question = RandomMessages.query(random);
            Query query = Query.of(question.toWire());
            Answer answer = Messages.answerTo(query, RandomMessages.response(random, question, 4));
            property.holds(query, answer, random);
        });
    }
}
