package io.dnsproxy.resolver;

import io.dnsproxy.upstream.Upstream;
import io.dnsproxy.upstream.UpstreamException;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An upstream that answers when and as its test says. */
final class FakeUpstream implements Upstream {

    final List<CompletableFuture<Answer>> asked = new ArrayList<>();
    final List<@Nullable CompletableFuture<Answer>> repeated = new ArrayList<>();
    private final List<Asker> askers = new ArrayList<>();
    boolean usable = true;
    boolean connected = true;
    long expectedNanos;
    private final String name;

    FakeUpstream(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CompletableFuture<Answer> exchange(Query query, Asker asker) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        asked.add(answer);
        askers.add(asker);
        return answer;
    }

    @Override
    public CompletableFuture<Answer> repeat(Query query, @Nullable CompletableFuture<Answer> overdue, Asker asker) {
        repeated.add(overdue);
        return exchange(query, asker);
    }

    @Override
    public boolean isConnected() {
        return connected;
    }

    @Override
    public long expectedNanos() {
        return expectedNanos;
    }

    @Override
    public boolean isUsable() {
        return usable;
    }

    /** Answers the newest question. */
    void answer(Answer answer) {
        asked.getLast().complete(answer);
    }

    /** Has the connection of the newest question fall silent. */
    void fallSilent() {
        askers.getLast().lookElsewhere(asked.getLast());
    }

    /** Fails the newest question. */
    void fail(UpstreamException.Reason reason) {
        asked.getLast().completeExceptionally(new UpstreamException(reason, "as the test says"));
    }
}
