package io.dnsproxy.datagram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class ReceivingTurnsTests {

    private static final Path SELF = Path.of("/proc/thread-self/stat");
    private static final int DEFAULT = 0;
    private static final int BATCH = 3;

    /** The policy is that of a thread, so each test has its own. */
    private static void onAThreadOfItsOwn(Runnable test) throws InterruptedException, ExecutionException {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> {
            try {
                test.run();
                done.complete(null);
            } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        });
        done.get();
    }

    private static void receive(ReceivingTurns turns, int batches, int datagrams) {
        for (int i = 0; i < batches; i++) {
            turns.received(datagrams);
        }
    }

    /** Field 41, counted after the name, which may hold spaces. */
    private static int policy() {
        try {
            String stat = Files.readString(SELF);
            return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[38]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aThreadThatGetsBatchesLetsOthersFinishFirst() throws Exception {
        onAThreadOfItsOwn(() -> {
            assumeThat(policy()).isEqualTo(DEFAULT);
            ReceivingTurns turns = new ReceivingTurns();

            receive(turns, 1_000, 16);
            assertThat(policy()).isEqualTo(BATCH);

            receive(turns, 1_000, 3);
            assertThat(policy()).as("still more than a few").isEqualTo(BATCH);

            receive(turns, 1_000, 1);
            assertThat(policy()).isEqualTo(DEFAULT);
        });
    }

    @Test
    void aThreadThatGetsDatagramsOneByOneWaitsForNobody() throws Exception {
        onAThreadOfItsOwn(() -> {
            assumeThat(policy()).isEqualTo(DEFAULT);
            ReceivingTurns turns = new ReceivingTurns();

            receive(turns, 1_000, 1);
            receive(turns, 10, 16); // a burst is no load
            receive(turns, 10, 0);

            assertThat(policy()).isEqualTo(DEFAULT);
        });
    }

    @Test
    void aPolicyThatSomebodyElseChoseStays() throws Exception {
        onAThreadOfItsOwn(() -> {
            assumeThat(policy()).isEqualTo(DEFAULT);
            assumeThat(LinuxCalls.setPolicyOfThread(LinuxCalls.newErrno(), BATCH))
                    .isZero();
            ReceivingTurns turns = new ReceivingTurns();

            receive(turns, 1_000, 16);
            receive(turns, 1_000, 1);

            assertThat(policy()).isEqualTo(BATCH);
        });
    }
}
