package io.dnsproxy.benchmark.startup;

import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.TcpClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.Type;

/**
 * Runs a program once so that the JDK remembers its classes, and what it learned of its methods, in a cache for later starts (JEP 514, JEP
 * 515). dnsproxy answers queries meanwhile, from a resolver in this process: nothing leaves the machine.
 */
public final class Training {

    /** Enough for the compiler to have profiles of the way of a query. */
    private static final int NAMES = 5_000;

    private static final List<String> PATHS = List.of(
            "/actuator/health",
            "/actuator/health/liveness",
            "/actuator/health/readiness",
            "/actuator/info",
            "/actuator/prometheus");

    private Training() {}

    /**
     * Trains dnsproxy.
     *
     * @param args the cache to write, then the command that is to use it: {@code app.aot java @java.args -jar dnsproxy.jar}
     */
    public static void main(String[] args) throws IOException {
        Path folder = Files.createTempDirectory("training");
        List<String> command = List.of(args).subList(1, args.length);
        try (Upstream upstream = new Upstream(folder)) {
            train(Program.DNSPROXY, command, Path.of(args[0]), upstream, folder);
        }
    }

    /** Writes the cache; what it is for must start with the same command, with {@code -XX:AOTCache} in it. */
    static void train(Program program, List<String> command, Path cache, Upstream upstream, Path folder)
            throws IOException {
        List<String> training = new ArrayList<>(command);
        training.add(1, "-XX:AOTCacheOutput=" + cache.toAbsolutePath());
        Launch launch = Launch.of(program, training, upstream, folder, -1);
        try (launch) {
            launch.firstAnswerNanos();
            exercise(program, launch.ports());
        }
        if (!Files.exists(cache)) {
            throw new IOException("no cache was written: " + launch.said());
        }
    }

    private static void exercise(Program program, Ports ports) throws IOException {
        if (program == Program.DNSPROXY) {
            Dns.askAll(ports.dns(), NAMES);
            Dns.askAll(ports.dns(), NAMES);
            InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), ports.dns());
            try (TcpClient client = TcpClient.to(address)) {
                client.ask(Queries.query("big.example.org", Type.TXT));
                client.ask(Queries.query("nxdomain.example.org"));
            }
        }
        for (String path : PATHS) {
            Health.get(ports.http(), path);
        }
    }
}
