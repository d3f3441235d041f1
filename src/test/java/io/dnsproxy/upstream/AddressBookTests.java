package io.dnsproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AddressBookTests {

    private static final InetAddress ONE = InetAddress.ofLiteral("192.0.2.1");
    private static final InetAddress TWO = InetAddress.ofLiteral("2001:db8::2");

    private final Deque<CompletableFuture<HostAddresses>> lookUps = new ArrayDeque<>();
    private final AtomicLong nanos = new AtomicLong();
    private final AddressBook book =
            new AddressBook("dot.example.net", this::lookUp, Duration.ofMillis(20), nanos::get);

    private CompletionStage<HostAddresses> lookUp(String host) {
        lookUps.add(new CompletableFuture<>());
        return lookUps.getLast();
    }

    private static HostAddresses found(InetAddress... addresses) {
        return new HostAddresses(List.of(addresses), Duration.ofSeconds(30));
    }

    private void passTheTtl() {
        nanos.addAndGet(Duration.ofSeconds(31).toNanos());
    }

    private CompletableFuture<?> next() {
        return book.next().toCompletableFuture();
    }

    @Test
    void anAddressIsNotLookedUp() {
        AddressBook literal = new AddressBook("2001:db8::2", this::lookUp, Duration.ofMillis(20), nanos::get);

        assertThat(literal.next().toCompletableFuture().join()).isEqualTo(TWO);
        assertThat(lookUps).isEmpty();
    }

    @Test
    void goesRoundTheAddressesAsDialsFail() {
        CompletableFuture<?> first = next();
        lookUps.getLast().complete(found(ONE, TWO));
        assertThat(first.join()).isEqualTo(ONE);

        book.failed();
        CompletableFuture<?> second = next();
        lookUps.getLast().complete(found(ONE, TWO));

        assertThat(second.join()).isEqualTo(TWO);
    }

    @Test
    void looksUpAgainWhenTheTtlHasPassed() {
        CompletableFuture<?> first = next();
        lookUps.getLast().complete(found(ONE));
        assertThat(first.join()).isEqualTo(ONE);
        assertThat(next().join()).isEqualTo(ONE);
        assertThat(lookUps).hasSize(1);

        passTheTtl();
        CompletableFuture<?> second = next();
        lookUps.getLast().complete(found(TWO));

        assertThat(second.join()).isEqualTo(TWO);
    }

    @Test
    void theLastKnownAddressesServeWhileLookUpsFail() {
        CompletableFuture<?> first = next();
        lookUps.getLast().complete(found(ONE));
        assertThat(first.join()).isEqualTo(ONE);

        passTheTtl();
        CompletableFuture<?> second = next();
        lookUps.getLast().completeExceptionally(new UnknownHostException("dot.example.net"));
        assertThat(second.join()).isEqualTo(ONE);

        CompletableFuture<?> third = next();
        lookUps.getLast().complete(found());
        assertThat(third.join()).isEqualTo(ONE);
    }

    @Test
    void theLastKnownAddressesServeWhileALookUpHangsAndItIsNotAskedTwice() {
        CompletableFuture<?> first = next();
        lookUps.getLast().complete(found(ONE));
        assertThat(first.join()).isEqualTo(ONE);
        passTheTtl();

        assertThat(next().join()).isEqualTo(ONE);
        assertThat(next().join()).isEqualTo(ONE);
        assertThat(lookUps).hasSize(2);

        lookUps.getLast().complete(found(TWO));
        CompletableFuture<?> after = next();
        assertThat(after.join()).isEqualTo(TWO);
    }

    @Test
    void waitsForTheFirstLookUpHoweverLongItTakes() {
        CompletableFuture<?> first = next();
        assertThat(first).isNotDone();

        lookUps.getLast().completeExceptionally(new UnknownHostException("dot.example.net"));

        assertThat(first.join()).isNull();
    }
}
