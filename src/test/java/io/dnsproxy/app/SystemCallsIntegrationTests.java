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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;

/** The system calls of the threads on the way of a query, as {@code strace} sees them. */
class SystemCallsIntegrationTests {

    /** The thread that reads UDP. */
    private static final String UDP = "udp-0";

    /** The event loop of the upstreams. */
    private static final String UPSTREAM = "upstream-1-1";

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

    /** New names that are asked one after another, each when the last has its answer. */
    private static final int NEW_NAMES = 1_000;

    /** Eight are to be seen: to receive, and to wake the event loop; there to wait, to take note, to ask, to wait, to read, to answer. */
    private static final int NEW_NAME_CALLS_MAX = 10;

    private final ThrowawayAuthority authority = ThrowawayAuthority.create();

    @TempDir
    private Path folder;

    /** The process is stopped meanwhile, so that neither the machine nor the moment decides how many it finds in the socket. */
    @Test
    void aThousandCachedQueriesThatWaitTakeAtMostSixtySystemCalls() throws Exception {
        Tools.assumeInstalled("strace");
        try (ScriptedResolver resolver = ScriptedResolver.start(authority);
                Jar jar = withOneWorker(resolver).inHaste().start();
                UdpClient client = UdpClient.to(jar.dns())) {
            Message query = Queries.withEdns(Queries.query("www.example.org"), 1232, 0);
            byte[] wire = query.toWire();
            client.ask(query);
            for (int i = 0; i < WARM_UP_ROUNDS; i++) {
                ask(client, wire);
            }
            Process strace = trace(thread(jar, UDP));

            for (int i = 0; i < ROUNDS; i++) {
                askStopped(jar, client, wire);
            }

            List<String> seen = end(strace);
            assertThat(seen.size() - byJvm(seen)).as(String.join("\n", seen)).isBetween(2L, (long) CALLS_MAX);
            assertThat(byJvm(seen)).isLessThanOrEqualTo(JVM_CALLS_MAX);
            assertThat(resolver.queries()).hasSize(1);
        }
    }

    @Test
    void aNewNameThatIsAskedAloneTakesAtMostTenSystemCalls() throws Exception {
        Tools.assumeInstalled("strace");
        try (ScriptedResolver resolver = ScriptedResolver.start(authority);
                Jar jar = withOneWorker(resolver).start();
                UdpClient client = UdpClient.to(jar.dns())) {
            for (int i = 0; i < WARM_UP_ROUNDS * QUERIES_EACH; i++) {
                client.ask(Queries.query("warm" + i + ".example.org"));
            }
            Process strace = trace(thread(jar, UDP), thread(jar, UPSTREAM));

            for (int i = 0; i < NEW_NAMES; i++) {
                client.ask(Queries.query("new" + i + ".example.org"));
            }

            List<String> seen = end(strace);
            assertThat(seen.size() - byJvm(seen))
                    .as(() -> String.join("\n", seen.subList(0, Math.min(seen.size(), 200))))
                    .isBetween(4L * NEW_NAMES, (long) NEW_NAME_CALLS_MAX * NEW_NAMES);
        }
    }

    private Jar.Settings withOneWorker(ScriptedResolver resolver) throws IOException {
        return Jar.asking(Jar.writeAuthority(authority, folder), resolver).and("DNSPROXY_LISTEN_WORKERS", 1);
    }

    /** What was seen, when it has stopped watching. */
    private List<String> end(Process strace) throws IOException, InterruptedException {
        assertThat(Tools.run("kill", "-INT", Long.toString(strace.pid())).exitCode())
                .isZero();
        strace.waitFor();
        return Files.readAllLines(folder.resolve("calls")).stream()
                .map(line -> line.replaceFirst("^\\d+ +", "").replaceFirst("^<\\.\\.\\. (\\w+) resumed>", "$1("))
                .filter(line -> CALL.matcher(line).matches())
                .toList();
    }

    private static long byJvm(List<String> seen) {
        return seen.stream().filter(line -> JVM_CALL.matcher(line).matches()).count();
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
        await().until(() -> isStopped(jar.pid(), thread(jar, UDP)));
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

    /** Watches threads; not to be had where the system forbids to look into another process. */
    private Process trace(long... threads) throws IOException {
        List<String> command = new ArrayList<>(
                List.of("strace", "-q", "-o", folder.resolve("calls").toString()));
        for (long thread : threads) {
            command.addAll(List.of("-p", Long.toString(thread)));
        }
        Process strace = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        await().until(() -> !strace.isAlive() || areTraced(threads));
        Assumptions.assumeTrue(strace.isAlive(), "strace may not look into another process");
        return strace;
    }

    private static boolean areTraced(long... threads) throws IOException {
        for (long thread : threads) {
            if (Files.readAllLines(Path.of("/proc/" + thread + "/status")).stream()
                    .noneMatch(line -> line.matches("TracerPid:\\s+[1-9].*"))) {
                return false;
            }
        }
        return true;
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

    private static long thread(Jar jar, String name) throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + jar.pid() + "/task"))) {
            for (Path thread : threads.toList()) {
                if (Files.readString(thread.resolve("comm")).strip().equals(name)) {
                    return Long.parseLong(thread.getFileName().toString());
                }
            }
        }
        throw new AssertionError("no thread is called " + name);
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
