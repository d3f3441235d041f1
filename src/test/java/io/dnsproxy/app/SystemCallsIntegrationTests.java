package io.dnsproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.ThrowawayAuthority;
import io.dnsproxy.testkit.Tools;
import io.dnsproxy.testkit.UdpClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;

/**
 * The system calls of the thread that answers UDP, as {@code strace} sees them. The process is stopped while queries are sent, so that
 * they wait in the socket and neither the machine nor the moment decides how many it finds there.
 */
class SystemCallsIntegrationTests {

    private static final int ROUNDS = 5;

    /** So many fit the buffer of any socket, queries and answers. */
    private static final int QUERIES_EACH = 200;

    /** 64 queries are read in one call and answered in one: 8 calls a round, and a few for the stop. Two a query would be 2,000. */
    private static final int CALLS_MAX = 60;

    /** Before they are counted: by then every method that a query calls has been handed to the compiler, which takes calls of its own. */
    private static final int WARM_UP_ROUNDS = 25;

    /** What the JVM does for itself; a thread that were woken for each query would be seen by this. */
    private static final Pattern JVM_CALL =
            Pattern.compile("(futex|mmap|munmap|mprotect|madvise|sched_yield|rt_sigreturn|getrusage|gettid)\\(.*");

    private static final int JVM_CALLS_MAX = 100;

    /** A call that ended, and not because there was nothing to wait for or because the process was stopped. */
    private static final Pattern CALL = Pattern.compile("\\w+\\(.*\\) += (?!-1 EAGAIN|-1 EINTR|\\?).*");

    @TempDir
    private static Path folder;

    @Test
    void aThousandCachedQueriesThatWaitTakeAtMostSixtySystemCalls() throws Exception {
        Tools.assumeInstalled("strace");
        ThrowawayAuthority authority = ThrowawayAuthority.create();
        try (ScriptedResolver resolver = ScriptedResolver.start(authority);
                Jar jar = Jar.asking(Jar.writeAuthority(authority, folder), resolver)
                        .and("DNSPROXY_LISTEN_WORKERS", 1)
                        .inHaste()
                        .start();
                UdpClient client = UdpClient.to(jar.dns())) {
            Message query = Queries.withEdns(Queries.query("www.example.org"), 1232, 0);
            byte[] wire = query.toWire();
            client.ask(query);
            for (int i = 0; i < WARM_UP_ROUNDS; i++) {
                ask(client, wire);
            }
            Path calls = folder.resolve("calls");
            Process strace = trace(worker(jar), calls);

            for (int i = 0; i < ROUNDS; i++) {
                askStopped(jar, client, wire);
            }

            assertThat(Tools.run("kill", "-INT", Long.toString(strace.pid())).exitCode())
                    .isZero();
            strace.waitFor();
            List<String> seen = Files.readAllLines(calls).stream()
                    .filter(line -> CALL.matcher(line).matches())
                    .toList();
            long byJvm = seen.stream()
                    .filter(line -> JVM_CALL.matcher(line).matches())
                    .count();
            assertThat(seen.size() - byJvm).as(String.join("\n", seen)).isBetween(2L, (long) CALLS_MAX);
            assertThat(byJvm).isLessThanOrEqualTo(JVM_CALLS_MAX);
            assertThat(resolver.queries()).hasSize(1);
        }
    }

    private static void ask(UdpClient client, byte[] wire) throws IOException {
        for (int i = 0; i < QUERIES_EACH; i++) {
            client.send(wire);
        }
        for (int i = 0; i < QUERIES_EACH; i++) {
            client.receive();
        }
    }

    /** Sends queries to the process while it stands still, and takes the answers when it goes on. */
    private static void askStopped(Jar jar, UdpClient client, byte[] wire) throws IOException {
        int port = jar.dns().getPort();
        jar.signal("STOP");
        await().until(() -> isStopped(jar.pid(), worker(jar)));
        AtomicLong octets = new AtomicLong();
        long before = octetsThatWait(port);
        client.send(wire);
        await().until(() -> {
            octets.set(octetsThatWait(port) - before);
            return octets.get() > 0;
        });
        for (int i = 1; i < QUERIES_EACH; i++) {
            client.send(wire);
        }
        await().until(() -> octetsThatWait(port) - before == octets.get() * QUERIES_EACH);
        jar.signal("CONT");
        for (int i = 0; i < QUERIES_EACH; i++) {
            client.receive();
        }
    }

    /** Watches one thread; not to be had where the system forbids to look into another process. */
    private static Process trace(long thread, Path calls) throws IOException {
        Process strace = new ProcessBuilder("strace", "-q", "-p", Long.toString(thread), "-o", calls.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        await().until(() -> !strace.isAlive() || isTraced(thread));
        Assumptions.assumeTrue(strace.isAlive(), "strace may not look into another process");
        return strace;
    }

    private static boolean isTraced(long thread) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + thread + "/status")).stream()
                .anyMatch(line -> line.matches("TracerPid:\\s+[1-9].*"));
    }

    private static boolean isStopped(long... threads) throws IOException {
        for (long thread : threads) {
            String stat = Files.readString(Path.of("/proc/" + thread + "/stat"));
            char state = stat.charAt(stat.lastIndexOf(')') + 2);
            if (state != 'T' && state != 't') {
                return false;
            }
        }
        return true;
    }

    /** The thread that reads UDP. */
    private static long worker(Jar jar) throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + jar.pid() + "/task"))) {
            for (Path thread : threads.toList()) {
                if (Files.readString(thread.resolve("comm")).strip().equals("udp-0")) {
                    return Long.parseLong(thread.getFileName().toString());
                }
            }
        }
        throw new AssertionError("no thread reads UDP");
    }

    /** What the kernel holds for the socket on this port, its own overhead included. */
    private static long octetsThatWait(int port) throws IOException {
        long octets = 0;
        for (String table : List.of("/proc/net/udp", "/proc/net/udp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] fields = line.strip().split("\\s+", -1);
                if (fields[1].endsWith(":%04X".formatted(port))) {
                    octets += Long.parseLong(fields[4].substring(fields[4].indexOf(':') + 1), 16);
                }
            }
        }
        return octets;
    }
}
