package io.dnsproxy.testkit;

/** Decides what a {@link ScriptedResolver} does with a query. Called on the thread that reads the query's connection, so by several at once. */
@FunctionalInterface
public interface Script {

    /** What happens now. Must not block: to be late is the reply's business ({@link Reply#after}). */
    Reply answer(ReceivedQuery query);

    /** The same, but each connection ends with its n-th query, after its answer was sent. */
    default Script endingAfter(int queries, Ending how) {
        return query -> query.number() == queries ? answer(query).thenEnd(how) : answer(query);
    }
}
