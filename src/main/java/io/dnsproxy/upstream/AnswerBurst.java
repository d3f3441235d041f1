package io.dnsproxy.upstream;

/**
 * Told around the answers of one read, so that what arrived together can leave together.
 *
 * <p>{@link #begin} and {@link #end} are called in pairs, never nested, on the event loop that completes the answers between
 * them. An answer may also complete outside such a pair.
 */
public interface AnswerBurst {

    /** Answers are about to complete on this thread. */
    void begin();

    /** The last of them has completed. */
    void end();

    /** For those who need no bursts. */
    AnswerBurst NONE = new AnswerBurst() {
        @Override
        public void begin() {}

        @Override
        public void end() {}
    };
}
