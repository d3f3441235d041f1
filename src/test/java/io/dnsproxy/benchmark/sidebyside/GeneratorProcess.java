package io.dnsproxy.benchmark.sidebyside;

import io.dnsproxy.benchmark.sidebyside.Demand.Transport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The load generator as a process of its own, so that what it takes is not counted as the server's, and that it is warm once and for
 * all. It reads an {@link Order} a line, and answers each with a {@link Measurement} or {@code failed} and why. It ends with its
 * input.
 */
public final class GeneratorProcess {

    static final String FAILED = "failed ";

    private GeneratorProcess() {}

    /** Carries out orders until the input ends. */
    public static void main(String[] args) throws IOException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            System.out.println(answer(line));
        }
    }

    private static String answer(String line) {
        try {
            return carryOut(Order.parse(line)).line();
        } catch (IOException | RuntimeException e) {
            return FAILED + e;
        }
    }

    /** Puts the load on the server and says what was seen. */
    static Measurement carryOut(Order order) throws IOException {
        Exchange exchange =
                new Exchange(order.demand().names().source(order.demand().nameCount()), order.echoed());
        if (order.demand().transport() == Transport.UDP) {
            try (UdpClients clients = new UdpClients(order, exchange)) {
                return clients.run();
            }
        }
        try (TcpClients clients = new TcpClients(order, exchange)) {
            return clients.run();
        }
    }
}
